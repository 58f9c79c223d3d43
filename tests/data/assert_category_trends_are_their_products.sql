-- Products and categories come from one panel; a month that only one of them has would be a product
-- lost.
{{ config(meta={"dagster": {"ref": {"name": "trends"}}}) }}

with

trends as (

    select * from {{ ref('trends') }}

),

product_totals as (

    select
        dataset_id,
        category,
        month,
        sum(quantity) as quantity,
        sum(quantity_previous) as quantity_previous

    from trends

    where entity_type = 'product'

    group by dataset_id, category, month

)

select
    product_totals.dataset_id,
    product_totals.category,
    product_totals.month,
    product_totals.quantity,
    trends.quantity as category_quantity,
    product_totals.quantity_previous,
    trends.quantity_previous as category_quantity_previous

from product_totals

left join trends
    on
        product_totals.dataset_id = trends.dataset_id
        and trends.entity_type = 'category'
        and product_totals.category = trends.entity_id
        and product_totals.month = trends.month

where
    (
        product_totals.quantity = trends.quantity
        and product_totals.quantity_previous is not distinct from trends.quantity_previous
    ) is not true
