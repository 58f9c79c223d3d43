{{ config(materialized='view') }}

with

files as (

    -- distinct: a workbook has the column once in each of its sheets
    select distinct source_file_id

    from {{ ref('stg_columns') }}

    where field = 'quantity'

),

lacking as (

    -- distinct: one such line is enough; few files have any, and only those are looked at
    select distinct source_file_id

    from {{ ref('base_sales') }}

    where quantity_text is null

),

unread as (

    -- distinct: one such line is enough
    select distinct lines.source_file_id

    from {{ ref('base_sales') }} as lines

    inner join lacking
        on lines.source_file_id = lacking.source_file_id

    where lines.quantity_text is not null and lines.quantity_number is null

)

select
    files.source_file_id,
    unread.source_file_id is null as may_lack_quantity

from files

left join unread
    on files.source_file_id = unread.source_file_id
