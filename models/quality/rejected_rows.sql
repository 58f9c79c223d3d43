with

refused as (

    select * from {{ ref('int_rows_refused') }}

    where outcome = 'rejected'

),

files as (

    select * from {{ ref('stg_source_files') }}

),

reasons as (

    select * from {{ ref('reject_reasons') }}

)

select
    refused.dataset_id,
    refused.source_file_id,
    files.file_name,
    refused.sheet,
    refused.row_number,
    refused.reason,
    concat_ws(' ', reasons.sentence, reasons.remedy) as message,
    refused.row_text

from refused

left join files
    on refused.source_file_id = files.source_file_id

left join reasons
    on refused.reason = reasons.reason

order by
    refused.dataset_id,
    files.file_name,
    refused.sheet,
    refused.row_number,
    refused.source_file_id
