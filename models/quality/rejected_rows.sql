with

rows_judged as (

    select * from {{ ref('int_rows_judged') }}

    where outcome = 'rejected'

),

files as (

    select * from {{ ref('stg_source_files') }}

),

reasons as (

    select * from {{ ref('reject_reasons') }}

)

select
    rows_judged.dataset_id,
    rows_judged.source_file_id,
    files.file_name,
    rows_judged.sheet,
    rows_judged.row_number,
    rows_judged.reason,
    concat_ws(' ', reasons.sentence, reasons.remedy) as message,
    rows_judged.row_text

from rows_judged

left join files
    on rows_judged.source_file_id = files.source_file_id

left join reasons
    on rows_judged.reason = reasons.reason

order by rows_judged.dataset_id, files.file_name, rows_judged.sheet, rows_judged.row_number, rows_judged.source_file_id
