{{ config(materialized='by_file', files='judged_sales_parts') }}

with

lines as (

    select all_lines.*

    from {{ ref('judged_sales_lines') }} as all_lines

    inner join {{ changed_files(ref('judged_sales_parts')) }} as files
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
