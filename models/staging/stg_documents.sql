with

source as (

    select * from {{ source('raw', 'raw_documents') }}

)

select
    source_file_id,
    sheet,
    document_type,
    document_status,
    document_status_2,
    document_status_3,
    outcome,
    word

from source
