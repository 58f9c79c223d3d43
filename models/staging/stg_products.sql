{{ config(materialized='view') }}

with

judged as (

    select * from {{ ref('judged_products') }}

)

select
    dataset_id,
    source_file_id,
    sheet,
    row_number,
    product_id,
    product_name,
    product_name_key,
    category,
    unit,
    unit_cost,
    sale_price

from judged

where reject_reason is null
