with

source as (

    select * from {{ source('raw', 'raw_dataset_settings') }}

)

select
    dataset_id,
    currency,
    overlap_choice

from source
