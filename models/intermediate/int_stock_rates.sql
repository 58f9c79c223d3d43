with

windows as (

    select * from {{ ref('int_stock_windows') }}

),

positions as (

    select * from {{ ref('int_stock_positions') }}

),

sales as (

    select * from {{ ref('int_stock_sales') }}

),

averages as (

    select * from {{ ref('int_stock_averages') }}

),

recent as (

    select * from {{ ref('int_recent_sales') }}

),

purchases as (

    select * from {{ ref('int_purchases') }}

),

receipts as (

    select
        windows.dataset_id,
        windows.product_id,
        cast(sum(
            case
                when purchases.purchase_date <= {{ add_days('windows.as_of_date', -180) }} then 0
                else purchases.received_quantity
            end
        ) as decimal(18, 3)) as units_received_180d

    from windows

    inner join purchases
        on
            windows.dataset_id = purchases.dataset_id
            and windows.product_id = purchases.product_id
            and windows.as_of_date >= purchases.purchase_date

    group by windows.dataset_id, windows.product_id

),

products as (

    select
        windows.dataset_id,
        windows.product_id,
        positions.current_stock,
        positions.unit_cost,
        positions.stock_value,
        positions.stock_date,
        coalesce(positions.is_stale, false) and averages.product_id is null as is_stale,
        windows.days_365d,
        coalesce(sales.units_sold_90d, 0) as units_sold_90d,
        coalesce(sales.units_sold_180d, 0) as units_sold_180d,
        coalesce(sales.units_sold_365d, 0) as units_sold_365d,
        receipts.units_received_180d,
        coalesce(recent.bulk_quantity_90d, 0) as bulk_quantity,
        coalesce(recent.out_of_stock_days_365d, 0) as out_of_stock_days_365d,
        case -- what was never sold sells nothing
            when recent.product_id is not null then recent.daily_rate
            when windows.days_90d >= {{ var('min_sales_days') }} then 0
        end as daily_rate,
        case
            when recent.product_id is not null then recent.daily_variance
            when windows.days_90d >= {{ var('min_sales_days') }} then 0
        end as daily_variance,
        coalesce(sales.revenue_365d, 0) as revenue_365d,
        coalesce(sales.cost_365d, 0) as cost_365d,
        positions.unit_cost is not null and coalesce(sales.is_costed_365d, true) as is_costed,
        sales.product_id is not null as is_ever_sold,
        coalesce(recent.sale_days_90d, windows.days_90d) as days_available_90d,
        case
            when positions.current_stock is null then 'none'
            when averages.product_id is not null then 'backcast'
            else 'snapshot'
        end as turnover_basis,
        -- a negative stock is a wrong record: nothing can be divided by it
        case
            when positions.current_stock >= 0
                then coalesce(averages.average_stock, cast(positions.current_stock as double))
        end as average_stock

    from windows

    left join positions
        on windows.dataset_id = positions.dataset_id and windows.product_id = positions.product_id

    left join sales
        on windows.dataset_id = sales.dataset_id and windows.product_id = sales.product_id

    left join recent
        on windows.dataset_id = recent.dataset_id and windows.product_id = recent.product_id

    left join averages
        on windows.dataset_id = averages.dataset_id and windows.product_id = averages.product_id

    left join receipts
        on windows.dataset_id = receipts.dataset_id and windows.product_id = receipts.product_id

    where positions.current_stock is not null or sales.product_id is not null

),

rated as (

    select
        *,
        case
            when is_costed
                then {{ quotient(
                    '365 * cast(cost_365d as double)', 'days_365d * average_stock * unit_cost'
                ) }}
            else {{ quotient(
                '365 * cast(units_sold_365d as double)', 'days_365d * average_stock'
            ) }}
        end as turnover,
        case
            when is_costed
                then {{ quotient(
                    '365 * cast(revenue_365d - cost_365d as double)',
                    'days_365d * average_stock * unit_cost'
                ) }}
        end as margin_return

    from products

)

select * from rated
