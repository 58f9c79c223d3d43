{{ config(materialized='by_file', files='judged_sales_files') }}

with

refused as (

    select all_lines.*

    from {{ ref('judged_sales') }} as all_lines

    inner join {{ changed_files(ref('judged_sales_files')) }} as files
        on all_lines.source_file_id = files.source_file_id

    where all_lines.outcome != 'accepted'

),

lines as (

    select all_lines.*

    from {{ ref('base_sales') }} as all_lines

    inner join {{ changed_files(ref('judged_sales_files')) }} as files
        on all_lines.source_file_id = files.source_file_id

)

select
    refused.dataset_id,
    refused.source_file_id,
    refused.sheet,
    refused.row_number,
    refused.outcome,
    refused.reason,
    concat_ws(
        ' | ', lines.sale_date_text, lines.transaction_id, lines.product_id, lines.product_name,
        lines.quantity_text, lines.unit_price_text, lines.amount_text
    ) as row_text

from refused

inner join lines
    on
        refused.source_file_id = lines.source_file_id
        and refused.sheet = lines.sheet
        and refused.row_number = lines.row_number
