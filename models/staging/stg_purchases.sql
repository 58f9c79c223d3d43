with

judged as (

    select * from {{ ref('base_purchases') }}

)

select
    dataset_id,
    purchase_line_id,
    source_file_id,
    sheet,
    row_number,
    transaction_id,
    product_id,
    product_name,
    product_name_key,
    category,
    unit,
    document_type,
    quantity,
    unit_cost,
    purchase_date

from judged

where reject_reason is null
