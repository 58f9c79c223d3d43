{{ config(materialized='view') }}

with

product_months as (

    select * from {{ ref('int_product_months') }}

),

months as (

    select * from {{ ref('int_months') }}

),

products as (

    select * from {{ ref('int_products') }}

),

first_months as (

    select
        dataset_id,
        product_id,
        min(month) as first_month

    from product_months

    group by dataset_id, product_id

)

select
    first_months.dataset_id,
    first_months.product_id,
    products.category,
    coalesce(product_months.quantity, 0) as quantity,
    coalesce(product_months.revenue, 0) as revenue,
    coalesce(product_months.revenue_with_cost, 0) as revenue_with_cost,
    coalesce(product_months.cost, 0) as cost,
    coalesce(product_months.line_count, 0) as line_count,
    coalesce(product_months.costed_line_count, 0) as costed_line_count,
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
