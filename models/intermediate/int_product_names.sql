with

mentions as (

    select
        dataset_id,
        product_id,
        product_name_key

    from {{ ref('int_sales_names') }}

    union all

    select
        dataset_id,
        product_id,
        product_name_key

    from {{ ref('stg_inventory') }}

    union all

    select
        dataset_id,
        product_id,
        product_name_key

    from {{ ref('stg_products') }}

    union all

    select
        dataset_id,
        product_id,
        product_name_key

    from {{ ref('stg_purchases') }}

)

select
    dataset_id,
    product_name_key,
    min(product_id) as product_id

from mentions

where product_id is not null and product_name_key is not null

group by dataset_id, product_name_key

having count(distinct product_id) = 1
