{{ config(materialized='view') }}

with

judged as (

    select * from {{ ref('judged_inventory') }}

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
    store,
    batch,
    unit,
    quantity,
    unit_cost,
    reorder_level,
    stock_date

from judged

where reject_reason is null
