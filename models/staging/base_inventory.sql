{{ config(materialized='view') }}

with

source as (

    select * from {{ source('raw', 'raw_inventory') }}

),

trimmed as (

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        row_fault,
        date_order,
        decimal_mark,
        timezone,
        {{ small_letters(clean_text('product_id')) }} as product_id,
        {{ clean_text('product_name') }} as product_name,
        {{ told_key('product_name') }} as product_name_key,
        {{ clean_text('category') }} as category,
        {{ told_key('store') }} as store,
        {{ told_key('batch') }} as batch,
        {{ clean_text('unit') }} as unit,
        -- a list writes nothing left as it likes
        case
            when {{ small_letters("trim(both ' .' from quantity)") }} in ('nil', '-', '–', '—')
                then '0'
            else {{ clean_text('quantity') }}
        end as quantity_text,
        {{ clean_text('unit_cost') }} as unit_cost_text,
        {{ clean_text('stock_value') }} as stock_value_text,
        {{ clean_text('reorder_level') }} as reorder_level_text,
        {{ clean_text('stock_date') }} as stock_date_text

    from source

),

typed as (

    select
        *,
        -- a number with a form but no room in the type is out of range, not unreadable
        {{ quantity_text('quantity_text', 'decimal_mark') }} as quantity_number,
        {{ parse_quantity('quantity_text', 'decimal_mark') }} as quantity,
        {{ parse_amount('unit_cost_text', 'decimal_mark') }} as unit_cost,
        {{ parse_amount('stock_value_text', 'decimal_mark') }} as stock_value,
        {{ parse_quantity('reorder_level_text', 'decimal_mark') }} as reorder_level,
        {{ parse_date('stock_date_text', 'date_order', 'timezone') }} as stock_date

    from trimmed

)

select * from typed
