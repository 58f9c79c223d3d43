with

products as (

    select * from {{ ref('int_products') }}

),

window_totals as (

    select
        dataset_id,
        product_window as profit_window,
        product_id,
        quantity,
        units_sold,
        units_returned,
        {{ money('revenue') }} as revenue,
        {{ money('revenue_with_cost') }} as revenue_with_cost,
        {{ money('cost') }} as cost,
        line_count,
        costed_line_count,
        own_cost_line_count,
        purchase_cost_line_count,
        item_cost_line_count

    from {{ ref('int_product_windows') }}

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
        {{ profit('revenue_with_cost', 'cost', 'costed_line_count', 'line_count') }}
            as gross_profit,
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
                then try_cast(
                    {{ ratio('coalesce(revenue_with_cost, 0)', 'revenue') }} as decimal(9, 6)
                )
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
