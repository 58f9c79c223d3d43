{{ config(materialized='by_file', files='base_sales_files') }}

with

sales as (

    select all_lines.*

    from {{ ref('stg_sales') }} as all_lines

    inner join {{ changed_files(ref('base_sales_files')) }} as files
        on all_lines.source_file_id = files.source_file_id

)

-- distinct: a transaction has several lines
select distinct
    dataset_id,
    source_file_id,
    transaction_id

from sales

where transaction_id is not null
