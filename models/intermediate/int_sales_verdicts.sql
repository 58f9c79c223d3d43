{{ config(materialized='by_file', files='base_sales_files') }}

with

judged as (

    select all_lines.*

    from {{ ref('base_sales_judged') }} as all_lines

    inner join {{ changed_files(ref('base_sales_files')) }} as files
        on all_lines.source_file_id = files.source_file_id

)

select
    dataset_id,
    source_file_id,
    outcome,
    reason,
    count(*) as row_count,
    count(case when is_equal_line then 1 end) as equal_line_count,
    cast(sum(case when outcome = 'accepted' then net_revenue end) as decimal(18, 4)) as amount

from judged

group by dataset_id, source_file_id, outcome, reason
