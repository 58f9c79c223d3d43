{{ config(materialized='by_file', files='judged_sales_files') }}

with

sales as (

    select all_lines.*

    from {{ ref('stg_sales') }} as all_lines

    inner join {{ changed_files(ref('judged_sales_files')) }} as files
        on all_lines.source_file_id = files.source_file_id

),

transactions as (

    -- distinct: a transaction has several lines
    select distinct
        dataset_id,
        source_file_id,
        transaction_id

    from sales

    where transaction_id is not null

)

select
    dataset_id,
    source_file_id,
    count(*) as transaction_count,
    min(transaction_id) as first_transaction_id,
    max(transaction_id) as last_transaction_id

from transactions

group by dataset_id, source_file_id
