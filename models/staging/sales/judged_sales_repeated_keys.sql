{{ config(materialized='by_file', files='judged_sales_parts') }}

with

lines as (

    select all_lines.*

    from {{ ref('judged_sales_lines') }} as all_lines

    inner join {{ changed_files(ref('judged_sales_parts')) }} as files
        on all_lines.source_file_id = files.source_file_id

)

select
    source_file_id,
    repeat_key

from lines

where repeat_key is not null

group by source_file_id, repeat_key

having count(*) > 1
