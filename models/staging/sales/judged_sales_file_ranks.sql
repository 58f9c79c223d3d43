with

days as (

    select * from {{ ref('judged_sales_days') }}

    where usable_line_count > 0

),

limits as (

    select * from {{ ref('judged_sales_last_dates') }}

),

files as (

    select * from {{ ref('stg_source_files') }}

),

last_days as (

    select
        days.source_file_id,
        max(days.sale_date) as last_date

    from days

    inner join limits
        on
            days.dataset_id = limits.dataset_id
            and days.sale_date <= limits.last_plausible_date

    group by days.source_file_id

)

-- The file that reaches furthest is the newest, whatever its own date. A browser that finds the
-- name of a download taken writes a number behind it: "sales (1).csv" is newer than "sales.csv".
select
    files.dataset_id,
    files.source_file_id,
    row_number() over (
        partition by files.dataset_id
        order by
            last_days.last_date asc nulls last,
            {{ matched("files.file_name", "'^(.+?)[ _-]*(?:\\(\\d{1,3}\\))?(?:\\.[^./]*)?$'") }}
            asc nulls last,
            cast(
                nullif(
                    {{ matched("files.file_name", "'\\((\\d{1,3})\\)(?:\\.[^./]*)?$'") }}, ''
                ) as integer
            ) asc nulls first,
            files.file_name asc nulls last, files.source_file_id asc nulls last
    ) as file_rank

from last_days

inner join files
    on last_days.source_file_id = files.source_file_id
