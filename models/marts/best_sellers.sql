with

datasets as (

    select * from {{ ref('int_datasets') }}

),

months as (

    select * from {{ ref('int_months') }}

),

products as (

    select * from {{ ref('int_products') }}

),

product_days as (

    select * from {{ ref('int_product_days') }}

),

product_months as (

    select * from {{ ref('int_product_months') }}

),

window_lengths as (

    select
        'last_30_days' as period_type,
        30 as window_days

    union all

    select
        'last_90_days' as period_type,
        90 as window_days

    union all

    select
        'last_365_days' as period_type,
        365 as window_days

),

windows as (

    select
        datasets.dataset_id,
        datasets.as_of_date,
        window_lengths.period_type,
        window_lengths.window_days

    from datasets

    cross join window_lengths

),

-- Periods that do not follow the calendar, each with the equal period before it.
day_periods as (

    select
        dataset_id,
        'all' as period_type,
        'all' as period,
        false as is_preceding,
        first_sale_date as first_day,
        as_of_date as last_day

    from datasets

    union all

    select
        dataset_id,
        period_type,
        cast(as_of_date as varchar) as period,
        false as is_preceding,
        {{ add_days('as_of_date', '1 - window_days') }} as first_day,
        as_of_date as last_day

    from windows

    union all

    select
        dataset_id,
        period_type,
        cast(as_of_date as varchar) as period,
        true as is_preceding,
        {{ add_days('as_of_date', '1 - 2 * window_days') }} as first_day,
        {{ add_days('as_of_date', '-window_days') }} as last_day

    from windows

    union all

    -- the running month is compared with the same days of the month before
    select
        months.dataset_id,
        'month' as period_type,
        left(cast(months.month as varchar), 7) as period,
        true as is_preceding,
        preceding.month as first_day,
        least(
            preceding.month_end, {{ add_days('preceding.month', 'dayofmonth(months.last_day) - 1') }}
        ) as last_day

    from months

    inner join months as preceding
        on
            months.dataset_id = preceding.dataset_id
            and preceding.month = {{ add_months('months.month', -1) }}

    where not months.is_complete and preceding.is_complete

),

month_periods as (

    select
        dataset_id,
        month,
        left(cast(month as varchar), 7) as period,
        false as is_preceding

    from months

    union all

    select
        months.dataset_id,
        preceding.month,
        left(cast(months.month as varchar), 7) as period,
        true as is_preceding

    from months

    inner join months as preceding
        on
            months.dataset_id = preceding.dataset_id
            and preceding.month = {{ add_months('months.month', -1) }}

    where months.is_complete and preceding.is_complete

),

day_totals as (

    select
        day_periods.dataset_id,
        day_periods.period_type,
        day_periods.period,
        day_periods.is_preceding,
        product_days.product_id,
        sum(product_days.quantity) as quantity,
        sum(product_days.revenue) as revenue,
        sum(product_days.revenue_with_cost) as revenue_with_cost,
        sum(product_days.cost) as cost,
        sum(product_days.line_count) as line_count,
        sum(product_days.costed_line_count) as costed_line_count

    from product_days

    inner join day_periods
        on
            product_days.dataset_id = day_periods.dataset_id
            and product_days.sale_date between day_periods.first_day and day_periods.last_day

    group by
        day_periods.dataset_id,
        day_periods.period_type,
        day_periods.period,
        day_periods.is_preceding,
        product_days.product_id

),

month_totals as (

    select
        month_periods.dataset_id,
        'month' as period_type,
        month_periods.period,
        month_periods.is_preceding,
        product_months.product_id,
        product_months.quantity,
        product_months.revenue,
        product_months.revenue_with_cost,
        product_months.cost,
        product_months.line_count,
        product_months.costed_line_count

    from product_months

    inner join month_periods
        on
            product_months.dataset_id = month_periods.dataset_id
            and product_months.month = month_periods.month

),

totals as (

    select * from day_totals

    union all

    select * from month_totals

),

measured as (

    select
        dataset_id,
        period_type,
        period,
        is_preceding,
        product_id,
        cast(quantity as decimal(18, 3)) as total_quantity,
        {{ money('revenue') }} as total_revenue,
        {{ profit('revenue_with_cost', 'cost', 'costed_line_count', 'line_count') }} as gross_profit,
        -- what came back at least as much as it sold is nobody's best seller
        case when quantity > 0 and {{ money('revenue') }} > 0 then 0 else 1 end as last_group

    from totals

),

preceding_ranks as (

    select
        dataset_id,
        period_type,
        period,
        product_id,
        row_number() over (
            partition by dataset_id, period_type, period
            order by last_group asc nulls last, total_revenue desc nulls last, product_id asc nulls last
        ) as rank_by_revenue

    from measured

    where is_preceding

),

ranked as (

    select
        *,
        row_number() over (
            partition by dataset_id, period_type, period
            order by last_group asc nulls last, total_quantity desc nulls last, product_id asc nulls last
        ) as rank_by_quantity,
        row_number() over (
            partition by dataset_id, period_type, period
            order by last_group asc nulls last, total_revenue desc nulls last, product_id asc nulls last
        ) as rank_by_revenue,
        case
            when gross_profit is not null
                then row_number() over (
                    partition by dataset_id, period_type, period, gross_profit is null
                    order by last_group asc nulls last, gross_profit desc nulls last, product_id asc nulls last
                )
        end as rank_by_profit,
        sum(greatest(total_revenue, 0)) over (
            partition by dataset_id, period_type, period
        ) as period_revenue

    from measured

    where not is_preceding

)

select
    ranked.dataset_id,
    ranked.period_type,
    ranked.period,
    ranked.product_id,
    products.product_name,
    products.category,
    ranked.total_quantity,
    ranked.total_revenue,
    ranked.gross_profit,
    cast(ranked.rank_by_quantity as integer) as rank_by_quantity,
    cast(ranked.rank_by_revenue as integer) as rank_by_revenue,
    cast(ranked.rank_by_profit as integer) as rank_by_profit,
    cast(
        {{ ratio('greatest(ranked.total_revenue, 0)', 'ranked.period_revenue') }} as decimal(9, 6)
    ) as revenue_share,
    cast(preceding_ranks.rank_by_revenue - ranked.rank_by_revenue as integer) as rank_change

from ranked

inner join products
    on ranked.dataset_id = products.dataset_id and ranked.product_id = products.product_id

left join preceding_ranks
    on
        ranked.dataset_id = preceding_ranks.dataset_id
        and ranked.period_type = preceding_ranks.period_type
        and ranked.period = preceding_ranks.period
        and ranked.product_id = preceding_ranks.product_id

where
    ranked.period_type != 'month'
    or ranked.rank_by_quantity <= {{ var('best_sellers_depth') }}
    or ranked.rank_by_revenue <= {{ var('best_sellers_depth') }}
    or ranked.rank_by_profit <= {{ var('best_sellers_depth') }}

order by ranked.dataset_id, ranked.period_type, ranked.period, ranked.product_id
