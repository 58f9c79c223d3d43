with

files as (

    -- distinct: a workbook has the column once in each of its sheets
    select distinct source_file_id

    from {{ ref('stg_columns') }}

    where field = 'quantity'

),

lacking as (

    -- distinct: one such line is enough; few files have any, and only those are looked at. What
    -- begins with a digit says something: of most stretches the least and greatest text show that.
    select distinct source_file_id

    from {{ ref('base_sales') }}

    where
        (quantity_found is null or quantity_found < '0' or quantity_found >= ':')
        and quantity_text is null

),

unread as (

    -- asked for behind the join: in its condition every line of every file would be tried
    select
        lines.source_file_id,
        bool_or(lines.quantity_text is not null and lines.quantity_number is null) as has_any

    from {{ ref('base_sales') }} as lines

    inner join lacking
        on lines.source_file_id = lacking.source_file_id

    group by lines.source_file_id

)

select
    files.source_file_id,
    not coalesce(unread.has_any, false) as may_lack_quantity

from files

left join unread
    on files.source_file_id = unread.source_file_id
