{{ config(materialized='view') }}

with

source as (

    select * from {{ source('raw', 'raw_shop_knowledge') }}

)

select
    dataset_id,
    topic,
    name,
    {{ text_key('name') }} as name_key,
    try_cast(value as decimal(9, 6)) as number_value,
    try_cast(name as date) as first_day,
    try_cast(value as date) as last_day

from source
