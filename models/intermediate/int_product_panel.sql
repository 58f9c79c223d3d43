{{ config(materialized='view') }}

-- Products by month without gaps, from their first month to the as-of month.
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

off_sale as (

    select * from {{ ref('int_months_off_sale') }}

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
    {{ sales_or_zero('product_months') }},
    coalesce(off_sale.off_days, 0) as off_days,
    coalesce(off_sale.bulk_quantity, 0) as bulk_quantity,
    coalesce(off_sale.bulk_revenue, 0) as bulk_revenue,
    months.trading_days,
    months.open_days,
    months.is_complete,
    months.is_gap,
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

left join off_sale
    on
        first_months.dataset_id = off_sale.dataset_id
        and first_months.product_id = off_sale.product_id
        and months.month = off_sale.month
