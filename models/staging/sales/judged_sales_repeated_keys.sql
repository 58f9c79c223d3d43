{{ config(materialized='by_file', files='judged_sales_parts') }}

with

lines as (

    select
        source_file_id,
        repeat_key

    from {{ ref('judged_sales_lines') }}

    where repeat_key is not null

),

changed as (

    select lines.*

    from lines

    inner join {{ changed_files(ref('judged_sales_parts')) }} as files
        on lines.source_file_id = files.source_file_id

),

repeated as (

    select lines.repeat_key

    from lines

    where lines.repeat_key in (select changed.repeat_key from changed)

    group by lines.repeat_key

    having count(*) > 1

)

-- distinct: a key that stands twice in a file is looked up once
select distinct
    changed.source_file_id,
    changed.repeat_key

from changed

inner join repeated
    on changed.repeat_key = repeated.repeat_key
