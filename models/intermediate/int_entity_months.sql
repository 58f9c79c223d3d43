with

months as (

    select * from {{ ref('int_months') }}

),

products as (

    select * from {{ ref('int_products') }}

),

product_months as (

    select * from {{ ref('int_product_months') }}

),

store_days as (

    select * from {{ ref('int_store_days') }}

),

first_months as (

    select
        dataset_id,
        product_id,
        min(month) as first_month

    from product_months

    group by dataset_id, product_id

),

-- Products by month without gaps, from their first month to the as-of month.
product_panel as (

    select
        first_months.dataset_id,
        first_months.product_id,
        products.category,
        {{ sales_or_zero('product_months') }},
        months.trading_days,
        months.is_complete,
        months.month

    from first_months

    inner join months
        on first_months.dataset_id = months.dataset_id and first_months.first_month <= months.month

    inner join products
        on
            first_months.dataset_id = products.dataset_id
            and first_months.product_id = products.product_id

    left join product_months
        on
            first_months.dataset_id = product_months.dataset_id
            and first_months.product_id = product_months.product_id
            and months.month = product_months.month

),

store_months as (

    select
        dataset_id,
        {{ sales_sums() }},
        {{ month_of('sale_date') }} as month

    from store_days

    group by dataset_id, {{ month_of('sale_date') }}

),

store_panel as (

    select
        months.dataset_id,
        {{ sales_or_zero('store_months') }},
        months.trading_days,
        months.is_complete,
        months.month

    from months

    left join store_months
        on months.dataset_id = store_months.dataset_id and months.month = store_months.month

),

levels as (

    {{ entity_levels('product_panel', 'store_panel', ['trading_days', 'is_complete', 'month']) }}

)

select
    dataset_id,
    entity_type,
    entity_id,
    category,
    quantity,
    revenue,
    {{ profit('revenue_with_cost', 'cost', 'costed_line_count', 'line_count') }} as profit,
    revenue_with_cost,
    cost,
    line_count,
    costed_line_count,
    trading_days,
    is_complete,
    month

from levels
