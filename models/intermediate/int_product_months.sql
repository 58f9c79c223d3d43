with

product_days as (

    select * from {{ ref('int_product_days') }}

)

select
    dataset_id,
    product_id,
    {{ sales_sums() }},
    month

from product_days

group by dataset_id, product_id, month
