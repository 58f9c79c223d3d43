with

datasets as (

    select * from {{ ref('int_datasets') }}

),

products as (

    select * from {{ ref('int_products') }}

),

product_days as (

    select * from {{ ref('int_product_days') }}

),

windows as (

    select
        dataset_id,
        'all' as profit_window,
        first_sale_date as first_day,
        as_of_date as last_day

    from datasets

    union all

    select
        dataset_id,
        'last_12_months' as profit_window,
        {{ add_days(add_months('as_of_date', -12), 1) }} as first_day,
        as_of_date as last_day

    from datasets

    union all

    select
        dataset_id,
        'last_90_days' as profit_window,
        {{ add_days('as_of_date', -89) }} as first_day,
        as_of_date as last_day

    from datasets

),

window_totals as (

    select
        windows.dataset_id,
        windows.profit_window,
        product_days.product_id,
        cast(sum(product_days.quantity) as decimal(18, 3)) as quantity,
        cast(sum(product_days.units_sold) as decimal(18, 3)) as units_sold,
        cast(sum(product_days.units_returned) as decimal(18, 3)) as units_returned,
        {{ money('sum(product_days.revenue)') }} as revenue,
        {{ money('sum(product_days.revenue_with_cost)') }} as revenue_with_cost,
        {{ money('sum(product_days.cost)') }} as cost,
        cast(sum(product_days.line_count) as bigint) as line_count,
        sum(product_days.costed_line_count) as costed_line_count,
        sum(product_days.own_cost_line_count) as own_cost_line_count,
        sum(product_days.purchase_cost_line_count) as purchase_cost_line_count,
        sum(product_days.item_cost_line_count) as item_cost_line_count

    from product_days

    inner join windows
        on
            product_days.dataset_id = windows.dataset_id
            and product_days.sale_date between windows.first_day and windows.last_day

    group by windows.dataset_id, windows.profit_window, product_days.product_id

),

-- Without a single known cost there is no profit to speak of: unknown, never all of the revenue.
known as (

    select
        dataset_id,
        profit_window,
        product_id,
        quantity,
        units_sold,
        units_returned,
        revenue,
        line_count,
        case when costed_line_count > 0 then revenue_with_cost end as revenue_with_cost,
        case when costed_line_count > 0 then cost end as cost,
        {{ profit('revenue_with_cost', 'cost', 'costed_line_count', 'line_count') }} as gross_profit,
        case
            when costed_line_count = 0 then 'none'
            when own_cost_line_count = costed_line_count then 'line'
            when purchase_cost_line_count = costed_line_count then 'purchases'
            when item_cost_line_count = costed_line_count then 'item'
            else 'mixed'
        end as cost_basis,
        case
            when costed_line_count = 0 then 'no_cost'
            when revenue <= 0 then 'non_positive_revenue'
            when revenue_with_cost < {{ var('partial_cost') }} * revenue then 'partial_cost'
            else 'ok'
        end as profit_status

    from window_totals

),

rated as (

    select
        *,
        case
            when revenue_with_cost > 0 then {{ ratio('gross_profit', 'revenue_with_cost') }}
        end as profit_margin,
        case
            when revenue > 0
                then try_cast({{ ratio('coalesce(revenue_with_cost, 0)', 'revenue') }} as decimal(9, 6))
        end as cost_coverage

    from known

),

ranked as (

    select
        *,
        case
            when profit_status = 'ok'
                then row_number() over (
                    partition by dataset_id, profit_window, profit_status
                    order by gross_profit desc nulls last, product_id asc nulls last
                )
        end as profit_rank,
        case
            when profit_status = 'ok'
                then row_number() over (
                    partition by dataset_id, profit_window, profit_status
                    order by profit_margin desc nulls last, product_id asc nulls last
                )
        end as margin_rank

    from rated

)

select
    ranked.dataset_id,
    ranked.profit_window,
    ranked.product_id,
    products.product_name,
    products.category,
    ranked.quantity,
    ranked.units_sold,
    ranked.units_returned,
    ranked.revenue,
    ranked.revenue_with_cost,
    ranked.cost,
    ranked.gross_profit,
    ranked.profit_margin,
    ranked.cost_coverage,
    ranked.cost_basis,
    ranked.line_count,
    cast(ranked.profit_rank as integer) as profit_rank,
    cast(ranked.margin_rank as integer) as margin_rank,
    ranked.profit_status

from ranked

inner join products
    on ranked.dataset_id = products.dataset_id and ranked.product_id = products.product_id

order by ranked.dataset_id, ranked.profit_window, ranked.product_id
