{{ config(materialized='view') }}

-- A file that was read and gave nothing: its rows are rejected one by one, but the owner asks why
-- the file does.
with

fruitless as (

    select *

    from {{ ref('int_rows_counted') }}

    where rows_accepted = 0 and rows_rejected > rows_repeated

),

refused as (

    select * from {{ ref('int_rows_refused') }}

    where outcome = 'rejected'

),

reasons as (

    select * from {{ ref('reject_reasons') }}

),

by_reason as (

    select
        fruitless.source_file_id,
        fruitless.rows_judged,
        refused.reason,
        count(*) as row_count,
        min(refused.row_number) as first_row,
        row_number() over (
            partition by fruitless.source_file_id
            order by count(*) desc nulls last, refused.reason nulls first
        ) as place

    from fruitless

    inner join refused
        on fruitless.source_file_id = refused.source_file_id

    group by fruitless.source_file_id, fruitless.rows_judged, refused.reason

)

select
    by_reason.source_file_id,
    cast(null as decimal(18, 4)) as amount,
    'warning' as severity,
    'no_row_counted' as code,
    'None of its ' || cast(by_reason.rows_judged as string) || ' row(s) counted. Most often ('
    || cast(by_reason.row_count as string) || ' times, first in row '
    || cast(by_reason.first_row as string) || '): '
    || concat_ws(' ', reasons.sentence, reasons.remedy) as message

from by_reason

inner join reasons
    on by_reason.reason = reasons.reason

where by_reason.place = 1
