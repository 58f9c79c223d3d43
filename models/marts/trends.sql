with

months as (

    select * from {{ ref('int_months') }}

),

products as (

    select * from {{ ref('int_products') }}

),

entity_months as (

    select
        dataset_id,
        entity_type,
        entity_id,
        month,
        is_complete,
        {{ money('revenue') }} as revenue,
        quantity,
        profit

    from {{ ref('int_entity_months') }}

),

running_months as (

    select * from {{ ref('int_entity_running_months') }}

),

-- What each month is compared with. A month that is not complete is no measure for another.
calendar as (

    select
        months.dataset_id,
        months.month,
        months.is_complete,
        previous.month as previous_month,
        year_ago.month as year_ago_month,
        max(months.month) over (partition by months.dataset_id) as newest_month

    from months

    left join months as previous
        on
            months.dataset_id = previous.dataset_id
            and previous.month = {{ add_months('months.month', -1) }}
            and previous.is_complete

    left join months as year_ago
        on
            months.dataset_id = year_ago.dataset_id
            and year_ago.month = {{ add_months('months.month', -12) }}
            and year_ago.is_complete

),

-- An entity has every month from its first to the newest, so that the twelfth row before is a year ago.
lagged as (

    select
        dataset_id,
        entity_type,
        entity_id,
        month,
        is_complete,
        revenue,
        quantity,
        profit,
        lag(month) over (past) as lag_month,
        lag(revenue) over (past) as lag_revenue,
        lag(quantity) over (past) as lag_quantity,
        lag(profit) over (past) as lag_profit,
        lag(month, 12) over (past) as lag_12_month,
        lag(revenue, 12) over (past) as lag_12_revenue,
        lag(quantity, 12) over (past) as lag_12_quantity,
        lag(profit, 12) over (past) as lag_12_profit

    from entity_months

    window past as (partition by dataset_id, entity_type, entity_id order by month asc nulls last)

),

placed as (

    select
        lagged.*,
        calendar.previous_month,
        calendar.year_ago_month

    from lagged

    inner join calendar
        on lagged.dataset_id = calendar.dataset_id and lagged.month = calendar.month

    where
        lagged.entity_type != 'product'
        or lagged.month > {{ add_months('calendar.newest_month', '-' ~ var('product_trend_months')) }}

),

-- The running month has no row before it to be measured by, only days of it.
earlier as (

    select
        placed.dataset_id,
        placed.entity_type,
        placed.entity_id,
        placed.month,
        placed.is_complete,
        placed.revenue,
        placed.quantity,
        placed.profit,
        placed.previous_month,
        placed.year_ago_month,
        case when placed.is_complete then placed.lag_month else previous.earlier_month end as found_month,
        case when placed.is_complete then placed.lag_revenue else {{ money('previous.revenue') }} end
            as found_revenue,
        case when placed.is_complete then placed.lag_quantity else previous.quantity end as found_quantity,
        case when placed.is_complete then placed.lag_profit else previous.profit end as found_profit,
        case when placed.is_complete then placed.lag_12_month else year_ago.earlier_month end as found_12_month,
        case when placed.is_complete then placed.lag_12_revenue else {{ money('year_ago.revenue') }} end
            as found_12_revenue,
        case when placed.is_complete then placed.lag_12_quantity else year_ago.quantity end as found_12_quantity,
        case when placed.is_complete then placed.lag_12_profit else year_ago.profit end as found_12_profit

    from placed

    left join running_months as previous
        on
            placed.dataset_id = previous.dataset_id
            and placed.entity_type = previous.entity_type
            and placed.entity_id = previous.entity_id
            and placed.month = previous.month
            and placed.previous_month = previous.earlier_month

    left join running_months as year_ago
        on
            placed.dataset_id = year_ago.dataset_id
            and placed.entity_type = year_ago.entity_type
            and placed.entity_id = year_ago.entity_id
            and placed.month = year_ago.month
            and placed.year_ago_month = year_ago.earlier_month

),

-- An entity that did not exist yet sold nothing then: zero. A month the shop cannot compare with: null.
compared as (

    select
        dataset_id,
        entity_type,
        entity_id,
        month,
        is_complete,
        revenue,
        quantity,
        profit,
        case when previous_month is not null then coalesce(found_revenue, 0) end as revenue_previous,
        case when previous_month is not null then coalesce(found_quantity, 0) end as quantity_previous,
        case
            when previous_month is null then null
            when found_month is null then 0
            else found_profit
        end as profit_previous,
        case when year_ago_month is not null then coalesce(found_12_revenue, 0) end as revenue_year_ago,
        case when year_ago_month is not null then coalesce(found_12_quantity, 0) end as quantity_year_ago,
        case
            when year_ago_month is null then null
            when found_12_month is null then 0
            else found_12_profit
        end as profit_year_ago

    from earlier

)

select
    compared.dataset_id,
    compared.entity_type,
    compared.entity_id,
    case
        when compared.entity_type = 'product' then products.product_name
        else compared.entity_id
    end as entity_name,
    case
        when compared.entity_type = 'product' then products.category
        when compared.entity_type = 'category' then compared.entity_id
    end as category,
    compared.month,
    compared.is_complete,
    compared.revenue,
    compared.revenue_previous,
    {{ relative_change('revenue', 'revenue_previous') }} as revenue_change,
    case when compared.is_complete then {{ trend_word('revenue', 'revenue_previous') }} end as revenue_trend,
    compared.revenue_year_ago,
    {{ relative_change('revenue', 'revenue_year_ago') }} as revenue_year_change,
    compared.quantity,
    compared.quantity_previous,
    {{ relative_change('quantity', 'quantity_previous') }} as quantity_change,
    case when compared.is_complete then {{ trend_word('quantity', 'quantity_previous') }} end as quantity_trend,
    compared.quantity_year_ago,
    {{ relative_change('quantity', 'quantity_year_ago') }} as quantity_year_change,
    compared.profit,
    compared.profit_previous,
    {{ relative_change('profit', 'profit_previous') }} as profit_change,
    case when compared.is_complete then {{ trend_word('profit', 'profit_previous') }} end as profit_trend,
    compared.profit_year_ago,
    {{ relative_change('profit', 'profit_year_ago') }} as profit_year_change

from compared

left join products
    on
        compared.dataset_id = products.dataset_id
        and compared.entity_id = products.product_id
        and compared.entity_type = 'product'

order by compared.dataset_id, compared.entity_type, compared.entity_id, compared.month
