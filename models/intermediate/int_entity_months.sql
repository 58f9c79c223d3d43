with

months as (

    select * from {{ ref('int_months') }}

),

product_panel as (

    select * from {{ ref('int_product_panel') }}

),

store_months as (

    select
        dataset_id,
        {{ month_of('sale_date') }} as month,
        sum(quantity) as quantity,
        sum(revenue) as revenue,
        sum(revenue_with_cost) as revenue_with_cost,
        sum(cost) as cost,
        sum(line_count) as line_count,
        sum(costed_line_count) as costed_line_count

    from {{ ref('int_store_days') }}

    group by dataset_id, {{ month_of('sale_date') }}

),

levels as (

    select
        dataset_id,
        'product' as entity_type,
        product_id as entity_id,
        category,
        quantity,
        revenue,
        revenue_with_cost,
        cost,
        line_count,
        costed_line_count,
        trading_days,
        is_complete,
        month

    from product_panel

    union all

    select
        dataset_id,
        'category' as entity_type,
        category as entity_id,
        category,
        sum(quantity) as quantity,
        sum(revenue) as revenue,
        sum(revenue_with_cost) as revenue_with_cost,
        sum(cost) as cost,
        sum(line_count) as line_count,
        sum(costed_line_count) as costed_line_count,
        max(trading_days) as trading_days,
        is_complete,
        month

    from product_panel

    group by dataset_id, category, month, is_complete

    union all

    select
        months.dataset_id,
        'store' as entity_type,
        months.dataset_id as entity_id,
        cast(null as varchar) as category,
        coalesce(store_months.quantity, 0) as quantity,
        coalesce(store_months.revenue, 0) as revenue,
        coalesce(store_months.revenue_with_cost, 0) as revenue_with_cost,
        coalesce(store_months.cost, 0) as cost,
        coalesce(store_months.line_count, 0) as line_count,
        coalesce(store_months.costed_line_count, 0) as costed_line_count,
        months.trading_days,
        months.is_complete,
        months.month

    from months

    left join store_months
        on months.dataset_id = store_months.dataset_id and months.month = store_months.month

)

select
    dataset_id,
    entity_type,
    entity_id,
    category,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(revenue as decimal(18, 4)) as revenue,
    {{ profit('revenue_with_cost', 'cost', 'costed_line_count', 'line_count') }} as profit,
    cast(revenue_with_cost as decimal(18, 4)) as revenue_with_cost,
    cast(cost as decimal(28, 7)) as cost,
    cast(line_count as bigint) as line_count,
    cast(costed_line_count as bigint) as costed_line_count,
    trading_days,
    is_complete,
    month

from levels
