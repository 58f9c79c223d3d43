{{ config(materialized='view') }}

with

source as (

    select * from {{ source('raw', 'raw_purchases') }}

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
        {{ clean_text('purchase_date') }} as purchase_date_text,
        {{ clean_text('transaction_id') }} as transaction_id,
        {{ small_letters(clean_text('document_type')) }} as document_type_text,
        {{ small_letters(clean_text('product_id')) }} as product_id,
        {{ clean_text('product_name') }} as product_name,
        {{ told_key('product_name') }} as product_name_key,
        {{ clean_text('category') }} as category,
        {{ told_text('supplier') }} as supplier,
        {{ clean_text('unit') }} as unit,
        {{ clean_text('quantity') }} as quantity_text,
        {{ clean_text('unit_cost') }} as unit_cost_text,
        {{ clean_text('net_amount') }} as net_amount_text,
        {{ clean_text('gross_amount') }} as gross_amount_text,
        {{ clean_text('tax_amount') }} as tax_amount_text

    from source

),

typed as (

    select
        *,
        coalesce(net_amount_text, gross_amount_text) as amount_text,
        {{ parse_quantity('quantity_text', 'decimal_mark') }} as quantity,
        {{ parse_amount('unit_cost_text', 'decimal_mark') }} as unit_cost,
        {{ parse_amount('net_amount_text', 'decimal_mark') }} as net_amount,
        {{ parse_amount('gross_amount_text', 'decimal_mark') }} as gross_amount,
        {{ parse_amount('tax_amount_text', 'decimal_mark') }} as tax_amount,
        {{ parse_date('purchase_date_text', 'date_order', 'timezone') }} as purchase_date

    from trimmed

)

select * from typed
