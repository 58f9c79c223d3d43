{{ config(materialized='by_file', files='base_sales_parts') }}

with

lines as (

    select all_lines.*

    from {{ ref('base_sales_checked') }} as all_lines

    inner join {{ changed_files(ref('base_sales_parts')) }} as files
        on all_lines.source_file_id = files.source_file_id

)

select
    dataset_id,
    source_file_id,
    count(*) as line_count,
    count(case when price_basis is null then 1 end) as unpriced_line_count,
    sale_date

from lines

group by dataset_id, source_file_id, sale_date
