{{ config(materialized='view') }}

with

judged as (

    select * from {{ ref('judged_sales') }}

)

select
    dataset_id,
    md5(concat_ws(':', source_file_id, sheet, cast(row_number as string))) as sale_line_id,
    source_file_id,
    sheet,
    row_number,
    transaction_id,
    product_id,
    product_name,
    product_name_key,
    category,
    customer_id,
    store,
    unit,
    document_type,
    price_basis,
    quantity,
    net_revenue,
    {{ ratio('net_revenue', 'quantity', 4) }} as unit_price,
    {{ ratio('line_cost', 'quantity', 4) }} as unit_cost,
    line_cost,
    is_explained,
    sale_date

from judged

where outcome = 'accepted'
