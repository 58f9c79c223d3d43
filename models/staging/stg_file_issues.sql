{{ config(materialized='view') }}

with

source as (

    select * from {{ source('raw', 'raw_file_issues') }}

)

select
    dataset_id,
    source_file_id,
    severity,
    code,
    message,
    row_number,
    revenue_share

from source
