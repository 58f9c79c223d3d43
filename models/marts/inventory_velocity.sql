with

rates as (

    select * from {{ ref('int_stock_rates') }}

),

products as (

    select * from {{ ref('int_products') }}

),

seasons as (

    select * from {{ ref('int_stock_seasons') }}

),

classes as (

    select * from {{ ref('revenue_contribution') }}

    where revenue_window = 'last_12_months'

),

-- What a day of the lead time is expected to sell, and how much service the product deserves.
expected as (

    select
        rates.*,
        -- a negative stock is a wrong record: nothing follows from it
        case when rates.current_stock >= 0 then rates.current_stock end as usable_stock,
        rates.daily_rate
        * case when seasons.product_id is null then 1 else seasons.coming_index end
            as expected_rate,
        case classes.abc_class
            when 'A' then {{ var('service_z_a') }}
            when 'B' then {{ var('service_z_b') }}
            else {{ var('service_z_c') }}
        end as service_z

    from rates

    left join seasons
        on rates.dataset_id = seasons.dataset_id and rates.product_id = seasons.product_id

    left join classes
        on rates.dataset_id = classes.dataset_id and rates.product_id = classes.product_id

),

measured as (

    select
        *,
        {{ ratio('usable_stock', 'daily_rate', 2) }} as days_of_cover,
        {{ fixed('turnover', 6) }} as turnover_rate,
        {{ fixed(
            'expected_rate * ' ~ var('lead_time_days') ~ ' + service_z * sqrt('
            ~ var('lead_time_days') ~ ' * daily_variance)', 3
        ) }} as reorder_point

    from expected

),

judged as (

    select
        *,
        case when turnover_rate > 0 then {{ ratio('365', 'turnover', 4) }} end
            as average_days_in_stock,
        case
            when turnover_rate is null then 'none'
            when turnover_rate >= {{ var('velocity_high') }} then 'high'
            when turnover_rate >= {{ var('velocity_medium') }} then 'medium'
            else 'low'
        end as velocity_class,
        {{ ratio('greatest(units_sold_90d, 0)', 'greatest(units_sold_90d, 0) + usable_stock') }}
            as sell_through,
        case
            when usable_stock > reorder_point then 0
            else ceil(reorder_point + expected_rate * {{ var('order_cycle_days') }} - usable_stock)
        end as order_quantity,
        case
            when usable_stock = 0 and units_sold_365d > 0 then 'out'
            when usable_stock = 0 then 'none'
            when usable_stock is null or daily_rate is null then null
            when usable_stock < {{ var('lead_time_days') }} * daily_rate then 'critical'
            when usable_stock <= reorder_point then 'soon'
            else 'none'
        end as stockout_risk,
        case
            when current_stock is null then 'no_stock_record'
            when current_stock < 0 then 'negative_stock'
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
    {{ fixed('judged.daily_rate', 6) }} as daily_sales,
    judged.days_of_cover,
    judged.turnover_rate,
    judged.average_days_in_stock,
    judged.turnover_basis,
    judged.velocity_class,
    judged.sell_through,
    {{ fixed('judged.margin_return', 6) }} as gmroi,
    judged.reorder_point,
    cast(judged.order_quantity as decimal(18, 3)) as suggested_order_quantity,
    cast({{ var('lead_time_days') }} as integer) as lead_time_days,
    judged.stockout_risk,
    judged.inventory_status

from judged

inner join products
    on judged.dataset_id = products.dataset_id and judged.product_id = products.product_id

order by judged.dataset_id, judged.product_id
