-- A running month is compared with the same days of earlier months: only these count here.
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

store_days as (

    select * from {{ ref('int_store_days') }}

),

running as (

    select
        months.dataset_id,
        months.month,
        earlier.month as earlier_month,
        {{ same_day_of('earlier.month', 'months.last_day') }} as last_earlier_day

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
        {{ sales_sums('days') }},
        running.month,
        running.earlier_month

    from product_days as days

    inner join running
        on
            days.dataset_id = running.dataset_id
            and days.month = running.earlier_month
            and days.sale_date <= running.last_earlier_day

    group by days.dataset_id, days.product_id, running.month, running.earlier_month

),

categorised as (

    select
        product_months.*,
        products.category

    from product_months

    inner join products
        on
            product_months.dataset_id = products.dataset_id
            and product_months.product_id = products.product_id

),

store_months as (

    select
        days.dataset_id,
        {{ sales_sums('days') }},
        running.month,
        running.earlier_month

    from store_days as days

    inner join running
        on
            days.dataset_id = running.dataset_id
            and {{ month_of('days.sale_date') }} = running.earlier_month
            and days.sale_date <= running.last_earlier_day

    group by days.dataset_id, running.month, running.earlier_month

),

levels as (

    {{ entity_levels('categorised', 'store_months', ['month', 'earlier_month']) }}

)

select
    dataset_id,
    entity_type,
    entity_id,
    quantity,
    revenue,
    {{ profit('revenue_with_cost', 'cost', 'costed_line_count', 'line_count') }} as profit,
    line_count,
    month,
    earlier_month

from levels
