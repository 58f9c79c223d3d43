with

source as (

    select * from {{ source('raw', 'raw_columns') }}

)

select
    dataset_id,
    source_file_id,
    sheet,
    position,
    header,
    field,
    proof

from source
