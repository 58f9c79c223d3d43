with

source as (

    select * from {{ source('raw', 'raw_line_patterns') }}

)

select distinct
    dataset_id,
    pattern,
    line_kind

from source
