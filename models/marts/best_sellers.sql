with

periods as (

    select * from {{ ref('int_periods') }}

),

product_days as (

    select * from {{ ref('int_product_days') }}

),

product_months as (

    select * from {{ ref('int_product_months') }}

),

-- Ties go to the lower product_id. Its place among all sorts alike, and numbers sort faster than texts.
products as (

    select
        dataset_id,
        product_id,
        product_name,
        category,
        row_number() over (order by dataset_id asc nulls last, product_id asc nulls last) as product_number

    from {{ ref('int_products') }}

),

totals as (

    select
        periods.period_id,
        product_days.dataset_id,
        product_days.product_id,
        sum(product_days.quantity) as quantity,
        sum(product_days.revenue) as revenue,
        sum(product_days.revenue_with_cost) as revenue_with_cost,
        sum(product_days.cost) as cost,
        sum(product_days.line_count) as line_count,
        sum(product_days.costed_line_count) as costed_line_count

    from product_days

    inner join periods
        on
            product_days.dataset_id = periods.dataset_id
            and product_days.sale_date between periods.first_day and periods.last_day

    group by periods.period_id, product_days.dataset_id, product_days.product_id

    union all

    select
        periods.period_id,
        product_months.dataset_id,
        product_months.product_id,
        sum(product_months.quantity) as quantity,
        sum(product_months.revenue) as revenue,
        sum(product_months.revenue_with_cost) as revenue_with_cost,
        sum(product_months.cost) as cost,
        sum(product_months.line_count) as line_count,
        sum(product_months.costed_line_count) as costed_line_count

    from product_months

    inner join periods
        on product_months.dataset_id = periods.dataset_id and periods.period_type = 'all'

    group by periods.period_id, product_months.dataset_id, product_months.product_id

    union all

    select
        periods.period_id,
        product_months.dataset_id,
        product_months.product_id,
        product_months.quantity,
        product_months.revenue,
        product_months.revenue_with_cost,
        product_months.cost,
        product_months.line_count,
        product_months.costed_line_count

    from product_months

    inner join periods
        on product_months.dataset_id = periods.dataset_id and product_months.month = periods.whole_month

),

measured as (

    select
        totals.period_id,
        products.product_number,
        cast(totals.quantity as decimal(18, 3)) as total_quantity,
        {{ money('totals.revenue') }} as total_revenue,
        {{ profit(
            'totals.revenue_with_cost', 'totals.cost', 'totals.costed_line_count', 'totals.line_count'
        ) }} as gross_profit,
        -- what came back at least as much as it sold is nobody's best seller
        case when totals.quantity > 0 and {{ money('totals.revenue') }} > 0 then 0 else 1 end as last_group

    from totals

    inner join products
        on totals.dataset_id = products.dataset_id and totals.product_id = products.product_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by period_id
            order by last_group asc nulls last, total_quantity desc nulls last, product_number asc nulls last
        ) as rank_by_quantity,
        row_number() over (
            partition by period_id
            order by last_group asc nulls last, total_revenue desc nulls last, product_number asc nulls last
        ) as rank_by_revenue,
        row_number() over (
            partition by period_id
            order by
                gross_profit is null, last_group asc nulls last, gross_profit desc nulls last,
                product_number asc nulls last
        ) as rank_by_profit,
        sum(greatest(total_revenue, 0)) over (partition by period_id) as period_revenue

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
    case when ranked.gross_profit is not null then cast(ranked.rank_by_profit as integer) end as rank_by_profit,
    cast(
        {{ ratio('greatest(ranked.total_revenue, 0)', 'ranked.period_revenue') }} as decimal(9, 6)
    ) as revenue_share,
    cast(preceding.rank_by_revenue - ranked.rank_by_revenue as integer) as rank_change

from ranked

inner join periods
    on ranked.period_id = periods.period_id and not periods.is_preceding

inner join products
    on ranked.product_number = products.product_number

left join ranked as preceding
    on
        periods.preceding_period_id = preceding.period_id
        and ranked.product_number = preceding.product_number

where
    periods.period_type != 'month'
    or ranked.rank_by_quantity <= {{ var('best_sellers_depth') }}
    or ranked.rank_by_revenue <= {{ var('best_sellers_depth') }}
    or (ranked.rank_by_profit <= {{ var('best_sellers_depth') }} and ranked.gross_profit is not null)

order by periods.dataset_id, periods.period_type, periods.period, products.product_id
