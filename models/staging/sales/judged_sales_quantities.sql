{{ config(materialized='view') }}

with

files as (

    -- distinct: a workbook has the column once in each of its sheets
    select distinct source_file_id

    from {{ ref('stg_columns') }}

    where field = 'quantity'

),

unread as (

    -- distinct: one such line is enough
    select distinct source_file_id

    from {{ ref('base_sales') }}

    where quantity_text is not null and quantity_number is null

)

select
    files.source_file_id,
    unread.source_file_id is null as may_lack_quantity

from files

left join unread
    on files.source_file_id = unread.source_file_id
