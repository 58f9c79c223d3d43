with

rates as (

    select * from {{ ref('int_stock_rates') }}

),

products as (

    select * from {{ ref('int_products') }}

),

demand as (

    select * from {{ ref('int_stock_demand') }}

),

classes as (

    select * from {{ ref('revenue_contribution') }}
    where revenue_window = 'last_12_months'

),

expected as (

    select
        rates.*,
        case when rates.current_stock >= 0 and not rates.is_stale then rates.current_stock end
            as usable_stock,
        demand.lead_units,
        demand.order_units,
        demand.lead_time_days as lead_days,
        case classes.abc_class
            when 'A' then {{ var('service_z_a') }}
            when 'B' then {{ var('service_z_b') }}
            else {{ var('service_z_c') }}
        end as service_z

    from rates

    inner join demand
        on rates.dataset_id = demand.dataset_id and rates.product_id = demand.product_id

    left join classes
        on rates.dataset_id = classes.dataset_id and rates.product_id = classes.product_id

),

measured as (

    select
        *,
        {{ fixed('turnover', 6) }} as turnover_rate,
        {{ fixed('lead_units + service_z * sqrt(lead_days * daily_variance)', 3) }} as reorder_point

    from expected

),

judged as (

    select
        *,
        case when turnover_rate > 0 then {{ ratio('365', 'turnover', 4) }} end as average_days,
        case
            when turnover_rate is null then 'none'
            when turnover_rate >= {{ var('velocity_high') }} then 'high'
            when turnover_rate >= {{ var('velocity_medium') }} then 'medium'
            else 'low'
        end as velocity_class,
        {{ ratio('greatest(units_sold_90d, 0)', 'greatest(units_sold_90d, 0) + usable_stock') }}
            as sell_through,
        {{ fixed('reorder_point + order_units - lead_units', 3) }} as order_up_to,
        case
            when usable_stock = 0 and units_sold_365d > 0 then 'out'
            when usable_stock = 0 then 'none'
            when usable_stock is null or daily_rate is null then null
            when usable_stock < lead_units then 'critical'
            when usable_stock <= reorder_point then 'soon'
            else 'none'
        end as stockout_risk,
        case
            when current_stock is null then 'no_stock_record'
            when current_stock < 0 then 'negative_stock'
            when is_stale then 'stale_stock'
            when current_stock = 0 then 'out_of_stock'
            when not is_ever_sold then 'no_sales'
            when daily_rate is null then 'insufficient_history'
            when units_sold_90d <= 0 then 'no_sales'
            else 'ok'
        end as inventory_status

    from measured

)

select
    judged.dataset_id,
    judged.product_id,
    products.product_name,
    products.category,
    judged.current_stock,
    judged.unit_cost,
    judged.stock_value,
    judged.stock_date,
    judged.units_sold_90d,
    judged.units_sold_180d,
    judged.units_sold_365d,
    judged.units_received_180d,
    judged.days_available_90d,
    judged.out_of_stock_days_365d,
    {{ fixed('judged.daily_rate', 6) }} as daily_sales,
    {{ fixed('sqrt(judged.daily_variance)', 6) }} as daily_deviation,
    judged.bulk_quantity,
    demand.demand_basis,
    demand.expected_units_30d,
    demand.expected_units_90d,
    demand.expected_units_180d,
    case when not judged.is_stale then demand.days_of_cover end as days_of_cover,
    judged.turnover_rate,
    judged.average_days as average_days_in_stock,
    judged.turnover_basis,
    judged.velocity_class,
    judged.sell_through,
    {{ fixed('judged.margin_return', 6) }} as gmroi,
    judged.reorder_point,
    judged.order_up_to,
    cast(case
        when judged.usable_stock > judged.reorder_point then 0
        else ceil(judged.order_up_to - judged.usable_stock)
    end as decimal(18, 3)) as suggested_order_quantity,
    demand.lead_time_days,
    demand.lead_time_basis,
    demand.lead_time_basis != 'assumed' as is_lead_time_known,
    judged.stockout_risk,
    judged.inventory_status

from judged

inner join demand
    on judged.dataset_id = demand.dataset_id and judged.product_id = demand.product_id

inner join products
    on judged.dataset_id = products.dataset_id and judged.product_id = products.product_id

order by judged.dataset_id, judged.product_id
