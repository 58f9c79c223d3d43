{{ config(materialized='view') }}

with

source as (

    select * from {{ source('raw', 'raw_products') }}

),

trimmed as (

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        row_fault,
        decimal_mark,
        {{ small_letters(clean_text('product_id')) }} as product_id,
        {{ clean_text('product_name') }} as product_name,
        {{ told_key('product_name') }} as product_name_key,
        {{ clean_text('category') }} as category,
        {{ clean_text('unit') }} as unit,
        {{ clean_text('unit_cost') }} as unit_cost_text,
        {{ clean_text('sale_price') }} as sale_price_text

    from source

),

typed as (

    select
        *,
        {{ parse_amount('unit_cost_text', 'decimal_mark') }} as unit_cost,
        {{ parse_amount('sale_price_text', 'decimal_mark') }} as sale_price

    from trimmed

)

select * from typed
