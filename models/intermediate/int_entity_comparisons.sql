with

months as (

    select * from {{ ref('int_months') }}

),

entity_months as (

    select * from {{ ref('int_entity_months') }}

),

running_months as (

    select * from {{ ref('int_entity_running_months') }}

),

-- An entity has every month from its first to the newest: the twelfth row before is a year ago.
lagged as (

    select
        dataset_id,
        entity_type,
        entity_id,
        category,
        quantity,
        revenue,
        profit,
        line_count,
        daily_rate,
        open_days,
        sale_days,
        is_gap,
        case when is_complete then lag(quantity) over (past) end as lag_quantity,
        case when is_complete then lag(revenue) over (past) end as lag_revenue,
        case when is_complete then lag(profit) over (past) end as lag_profit,
        case when is_complete then lag(line_count) over (past) end as lag_line_count,
        case when is_complete then lag(quantity, 12) over (past) end as lag_12_quantity,
        case when is_complete then lag(revenue, 12) over (past) end as lag_12_revenue,
        case when is_complete then lag(profit, 12) over (past) end as lag_12_profit,
        case when is_complete then lag(line_count, 12) over (past) end as lag_12_line_count,
        is_complete,
        month

    from entity_months

    window past as (partition by dataset_id, entity_type, entity_id order by month asc nulls last)

),

-- The running month has no row before it to be measured by, only days of it.
earlier as (

    select
        lagged.dataset_id,
        lagged.entity_type,
        lagged.entity_id,
        lagged.category,
        lagged.quantity,
        lagged.revenue,
        lagged.profit,
        lagged.line_count,
        coalesce(lagged.lag_quantity, previous.quantity) as quantity_previous,
        coalesce(lagged.lag_revenue, previous.revenue) as revenue_previous,
        coalesce(lagged.lag_profit, previous.profit) as profit_previous,
        coalesce(lagged.lag_line_count, previous.line_count) as line_count_previous,
        coalesce(lagged.lag_12_quantity, year_ago.quantity) as quantity_year_ago,
        coalesce(lagged.lag_12_revenue, year_ago.revenue) as revenue_year_ago,
        coalesce(lagged.lag_12_profit, year_ago.profit) as profit_year_ago,
        coalesce(lagged.lag_12_line_count, year_ago.line_count) as line_count_year_ago,
        lagged.daily_rate,
        lagged.open_days,
        lagged.sale_days,
        lagged.is_gap,
        lagged.is_complete,
        months.previous_month is not null as has_previous_month,
        months.year_ago_month is not null as has_year_ago_month,
        lagged.month

    from lagged

    inner join months
        on lagged.dataset_id = months.dataset_id and lagged.month = months.month

    left join running_months as previous
        on
            lagged.dataset_id = previous.dataset_id
            and lagged.entity_type = previous.entity_type
            and lagged.entity_id = previous.entity_id
            and lagged.month = previous.month
            and months.previous_month = previous.earlier_month

    left join running_months as year_ago
        on
            lagged.dataset_id = year_ago.dataset_id
            and lagged.entity_type = year_ago.entity_type
            and lagged.entity_id = year_ago.entity_id
            and lagged.month = year_ago.month
            and months.year_ago_month = year_ago.earlier_month

)

-- An entity without a row there sold nothing then: zero. A month that is no measure: null.
select
    dataset_id,
    entity_type,
    entity_id,
    category,
    quantity,
    revenue,
    profit,
    line_count,
    case when has_previous_month then coalesce(quantity_previous, 0) end as quantity_previous,
    case when has_previous_month then coalesce(revenue_previous, 0) end as revenue_previous,
    -- an unknown profit stays unknown
    case
        when has_previous_month and line_count_previous is null then 0
        when has_previous_month then profit_previous
    end as profit_previous,
    case when has_previous_month then coalesce(line_count_previous, 0) end as line_count_previous,
    case when has_year_ago_month then coalesce(quantity_year_ago, 0) end as quantity_year_ago,
    case when has_year_ago_month then coalesce(revenue_year_ago, 0) end as revenue_year_ago,
    case
        when has_year_ago_month and line_count_year_ago is null then 0
        when has_year_ago_month then profit_year_ago
    end as profit_year_ago,
    daily_rate,
    open_days,
    sale_days,
    is_gap,
    is_complete,
    month

from earlier
