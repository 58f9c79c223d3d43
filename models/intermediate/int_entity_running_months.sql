-- A running month is compared with the same days of earlier months: only these count here.
with

months as (

    select * from {{ ref('int_months') }}

),

products as (

    select * from {{ ref('int_products') }}

),

running as (

    select
        months.dataset_id,
        months.month,
        earlier.month as earlier_month,
        dayofmonth(months.last_day) as days

    from months

    inner join months as earlier
        on
            months.dataset_id = earlier.dataset_id
            and earlier.month in (
                {{ add_months('months.month', -1) }}, {{ add_months('months.month', -12) }}
            )
            and earlier.is_complete

    where not months.is_complete

),

product_months as (

    select
        days.dataset_id,
        days.product_id,
        running.month,
        running.earlier_month,
        sum(days.quantity) as quantity,
        sum(days.revenue) as revenue,
        sum(days.revenue_with_cost) as revenue_with_cost,
        sum(days.cost) as cost,
        sum(days.line_count) as line_count,
        sum(days.costed_line_count) as costed_line_count

    from {{ ref('int_product_days') }} as days

    inner join running
        on
            days.dataset_id = running.dataset_id
            and days.month = running.earlier_month
            and dayofmonth(days.sale_date) <= running.days

    group by days.dataset_id, days.product_id, running.month, running.earlier_month

),

levels as (

    select
        dataset_id,
        'product' as entity_type,
        product_id as entity_id,
        month,
        earlier_month,
        quantity,
        revenue,
        revenue_with_cost,
        cost,
        line_count,
        costed_line_count

    from product_months

    union all

    select
        product_months.dataset_id,
        'category' as entity_type,
        products.category as entity_id,
        product_months.month,
        product_months.earlier_month,
        sum(product_months.quantity) as quantity,
        sum(product_months.revenue) as revenue,
        sum(product_months.revenue_with_cost) as revenue_with_cost,
        sum(product_months.cost) as cost,
        sum(product_months.line_count) as line_count,
        sum(product_months.costed_line_count) as costed_line_count

    from product_months

    inner join products
        on
            product_months.dataset_id = products.dataset_id
            and product_months.product_id = products.product_id

    group by
        product_months.dataset_id, products.category, product_months.month, product_months.earlier_month

    union all

    select
        days.dataset_id,
        'store' as entity_type,
        days.dataset_id as entity_id,
        running.month,
        running.earlier_month,
        sum(days.quantity) as quantity,
        sum(days.revenue) as revenue,
        sum(days.revenue_with_cost) as revenue_with_cost,
        sum(days.cost) as cost,
        sum(days.line_count) as line_count,
        sum(days.costed_line_count) as costed_line_count

    from {{ ref('int_store_days') }} as days

    inner join running
        on
            days.dataset_id = running.dataset_id
            and {{ month_of('days.sale_date') }} = running.earlier_month
            and dayofmonth(days.sale_date) <= running.days

    group by days.dataset_id, running.month, running.earlier_month

)

select
    dataset_id,
    entity_type,
    entity_id,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(revenue as decimal(18, 4)) as revenue,
    {{ profit('revenue_with_cost', 'cost', 'costed_line_count', 'line_count') }} as profit,
    cast(line_count as bigint) as line_count,
    month,
    earlier_month

from levels
