with

periods as (

    select * from {{ ref('int_periods') }}

),

totals as (

    select * from {{ ref('int_period_totals') }}

),

-- Ties go to the lower product_id. Its place in its dataset sorts alike, and numbers sort faster
-- than texts.
products as (

    select
        dataset_id,
        product_id,
        product_name,
        category,
        row_number() over (
            partition by dataset_id order by product_id asc nulls last
        ) as product_number

    from {{ ref('int_products') }}

),

measured as (

    select
        totals.dataset_id,
        totals.period_id,
        products.product_number,
        totals.quantity as total_quantity,
        {{ money('totals.revenue') }} as total_revenue,
        {{ profit(
            'totals.revenue_with_cost', 'totals.cost',
            'totals.costed_line_count', 'totals.line_count'
        ) }} as gross_profit,
        -- what came back at least as much as it sold is nobody's best seller
        case
            when totals.quantity > 0 and {{ money('totals.revenue') }} > 0 then 0
            else 1
        end as last_group

    from totals

    inner join products
        on totals.dataset_id = products.dataset_id and totals.product_id = products.product_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by dataset_id, period_id
            order by
                last_group asc nulls last, total_quantity desc nulls last,
                product_number asc nulls last
        ) as rank_by_quantity,
        row_number() over (
            partition by dataset_id, period_id
            order by
                last_group asc nulls last, total_revenue desc nulls last,
                product_number asc nulls last
        ) as rank_by_revenue,
        row_number() over (
            partition by dataset_id, period_id
            order by
                gross_profit is null, last_group asc nulls last, gross_profit desc nulls last,
                product_number asc nulls last
        ) as rank_by_profit,
        sum(greatest(total_revenue, 0)) over (partition by dataset_id, period_id)
            as period_revenue

    from measured

)

select
    periods.dataset_id,
    periods.period_type,
    periods.period,
    products.product_id,
    products.product_name,
    products.category,
    ranked.total_quantity,
    ranked.total_revenue,
    ranked.gross_profit,
    cast(ranked.rank_by_quantity as integer) as rank_by_quantity,
    cast(ranked.rank_by_revenue as integer) as rank_by_revenue,
    case when ranked.gross_profit is not null then cast(ranked.rank_by_profit as integer) end
        as rank_by_profit,
    cast(
        {{ ratio('greatest(ranked.total_revenue, 0)', 'ranked.period_revenue') }} as decimal(9, 6)
    ) as revenue_share,
    cast(preceding.rank_by_revenue - ranked.rank_by_revenue as integer) as rank_change

from ranked

inner join periods
    on
        ranked.dataset_id = periods.dataset_id
        and ranked.period_id = periods.period_id
        and not periods.is_preceding

inner join products
    on
        ranked.dataset_id = products.dataset_id
        and ranked.product_number = products.product_number

left join ranked as preceding
    on
        periods.dataset_id = preceding.dataset_id
        and periods.preceding_period_id = preceding.period_id
        and ranked.product_number = preceding.product_number

where
    periods.period_type != 'month'
    or ranked.rank_by_quantity <= {{ var('best_sellers_depth') }}
    or ranked.rank_by_revenue <= {{ var('best_sellers_depth') }}
    or (
        ranked.rank_by_profit <= {{ var('best_sellers_depth') }}
        and ranked.gross_profit is not null
    )

order by periods.dataset_id, periods.period_type, periods.period, products.product_id
