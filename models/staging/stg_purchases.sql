{{ config(materialized='view') }}

with

judged as (

    select * from {{ ref('judged_purchases') }}

)

select
    dataset_id,
    md5(concat_ws(':', source_file_id, sheet, cast(row_number as string))) as purchase_line_id,
    source_file_id,
    sheet,
    row_number,
    transaction_id,
    product_id,
    product_name,
    product_name_key,
    category,
    supplier,
    unit,
    document_type,
    quantity,
    unit_cost,
    purchase_date

from judged

where reject_reason is null
