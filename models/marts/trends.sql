with

months as (

    select * from {{ ref('int_months') }}

),

products as (

    select * from {{ ref('int_products') }}

),

product_days as (

    select * from {{ ref('int_product_days') }}

),

product_panel as (

    select * from {{ ref('int_product_panel') }}

),

store_days as (

    select
        *,
        {{ month_of('sale_date') }} as month

    from {{ ref('int_store_days') }}

),

-- What each month is compared with. A month that is not complete is no measure for another.
calendar as (

    select
        months.dataset_id,
        months.month,
        months.is_complete,
        months.last_day,
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

-- The running month is compared with the same days of earlier months: only these count there.
short_months as (

    select
        dataset_id,
        previous_month as month,
        dayofmonth(last_day) as days

    from calendar

    where not is_complete and previous_month is not null

    union all

    select
        dataset_id,
        year_ago_month as month,
        dayofmonth(last_day) as days

    from calendar

    where not is_complete and year_ago_month is not null

),

product_months as (

    select
        dataset_id,
        product_id,
        category,
        month,
        false as is_short,
        quantity,
        revenue,
        revenue_with_cost,
        cost,
        line_count,
        costed_line_count

    from product_panel

    union all

    select
        product_days.dataset_id,
        product_days.product_id,
        products.category,
        product_days.month,
        true as is_short,
        sum(product_days.quantity) as quantity,
        sum(product_days.revenue) as revenue,
        sum(product_days.revenue_with_cost) as revenue_with_cost,
        sum(product_days.cost) as cost,
        sum(product_days.line_count) as line_count,
        sum(product_days.costed_line_count) as costed_line_count

    from product_days

    inner join short_months
        on
            product_days.dataset_id = short_months.dataset_id
            and product_days.month = short_months.month
            and dayofmonth(product_days.sale_date) <= short_months.days

    inner join products
        on
            product_days.dataset_id = products.dataset_id
            and product_days.product_id = products.product_id

    group by product_days.dataset_id, product_days.product_id, products.category, product_days.month

),

store_months as (

    select
        months.dataset_id,
        months.month,
        false as is_short,
        coalesce(sum(store_days.quantity), 0) as quantity,
        coalesce(sum(store_days.revenue), 0) as revenue,
        coalesce(sum(store_days.revenue_with_cost), 0) as revenue_with_cost,
        coalesce(sum(store_days.cost), 0) as cost,
        coalesce(sum(store_days.line_count), 0) as line_count,
        coalesce(sum(store_days.costed_line_count), 0) as costed_line_count

    from months

    left join store_days
        on months.dataset_id = store_days.dataset_id and months.month = store_days.month

    group by months.dataset_id, months.month

    union all

    select
        store_days.dataset_id,
        store_days.month,
        true as is_short,
        sum(store_days.quantity) as quantity,
        sum(store_days.revenue) as revenue,
        sum(store_days.revenue_with_cost) as revenue_with_cost,
        sum(store_days.cost) as cost,
        sum(store_days.line_count) as line_count,
        sum(store_days.costed_line_count) as costed_line_count

    from store_days

    inner join short_months
        on
            store_days.dataset_id = short_months.dataset_id
            and store_days.month = short_months.month
            and dayofmonth(store_days.sale_date) <= short_months.days

    group by store_days.dataset_id, store_days.month

),

entity_months as (

    select
        dataset_id,
        'store' as entity_type,
        dataset_id as entity_id,
        month,
        is_short,
        quantity,
        revenue,
        revenue_with_cost,
        cost,
        line_count,
        costed_line_count

    from store_months

    union all

    select
        dataset_id,
        'category' as entity_type,
        category as entity_id,
        month,
        is_short,
        sum(quantity) as quantity,
        sum(revenue) as revenue,
        sum(revenue_with_cost) as revenue_with_cost,
        sum(cost) as cost,
        sum(line_count) as line_count,
        sum(costed_line_count) as costed_line_count

    from product_months

    group by dataset_id, category, month, is_short

    union all

    select
        dataset_id,
        'product' as entity_type,
        product_id as entity_id,
        month,
        is_short,
        quantity,
        revenue,
        revenue_with_cost,
        cost,
        line_count,
        costed_line_count

    from product_months

),

measured as (

    select
        dataset_id,
        entity_type,
        entity_id,
        month,
        is_short,
        cast(quantity as decimal(18, 3)) as quantity,
        {{ money('revenue') }} as revenue,
        {{ profit('revenue_with_cost', 'cost', 'costed_line_count', 'line_count') }} as profit

    from entity_months

),

-- An entity that did not exist yet sold nothing then: zero. A month the shop cannot compare with: null.
compared as (

    select
        measured.dataset_id,
        measured.entity_type,
        measured.entity_id,
        measured.month,
        calendar.is_complete,
        measured.revenue,
        measured.quantity,
        measured.profit,
        case
            when calendar.previous_month is not null then coalesce(previous.revenue, 0)
        end as revenue_previous,
        case
            when calendar.previous_month is not null then coalesce(previous.quantity, 0)
        end as quantity_previous,
        case
            when calendar.previous_month is null then null
            when previous.entity_id is null then 0
            else previous.profit
        end as profit_previous,
        case
            when calendar.year_ago_month is not null then coalesce(year_ago.revenue, 0)
        end as revenue_year_ago,
        case
            when calendar.year_ago_month is not null then coalesce(year_ago.quantity, 0)
        end as quantity_year_ago,
        case
            when calendar.year_ago_month is null then null
            when year_ago.entity_id is null then 0
            else year_ago.profit
        end as profit_year_ago

    from measured

    inner join calendar
        on measured.dataset_id = calendar.dataset_id and measured.month = calendar.month

    left join measured as previous
        on
            measured.dataset_id = previous.dataset_id
            and measured.entity_type = previous.entity_type
            and measured.entity_id = previous.entity_id
            and calendar.previous_month = previous.month
            and calendar.is_complete != previous.is_short

    left join measured as year_ago
        on
            measured.dataset_id = year_ago.dataset_id
            and measured.entity_type = year_ago.entity_type
            and measured.entity_id = year_ago.entity_id
            and calendar.year_ago_month = year_ago.month
            and calendar.is_complete != year_ago.is_short

    where
        not measured.is_short
        and (
            measured.entity_type != 'product'
            or measured.month
            > {{ add_months('calendar.newest_month', '-' ~ var('product_trend_months')) }}
        )

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
