with

source as (

    select * from {{ source('raw', 'raw_line_patterns') }}

)

-- distinct: an owner may write the same pattern twice
select distinct
    dataset_id,
    pattern,
    line_kind

from source
