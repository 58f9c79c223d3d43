with

source as (

    select * from {{ source('raw', 'raw_source_files') }}

)

select
    dataset_id,
    source_file_id,
    file_name,
    sha256,
    container,
    kind,
    profile,
    status,
    reason,
    message,
    printed_total,
    size_bytes,
    header_row,
    rows_found,
    rows_landed,
    blank_rows,
    repeated_header_rows,
    total_rows,
    note_rows,
    ingested_at

from source
