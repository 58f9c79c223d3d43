{{ config(materialized='view') }}

with

source as (

    select * from {{ source('raw', 'raw_sales') }}

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
        {{ clean_text('sale_date') }} as sale_date_text,
        {{ clean_text('transaction_id') }} as transaction_id,
        {{ clean_text('line_id') }} as line_id,
        document_type,
        document_status,
        document_status_2,
        document_status_3,
        {{ small_letters(clean_text('product_id')) }} as product_id,
        {{ clean_text('product_name') }} as product_name,
        {{ told_key('product_name') }} as product_name_key,
        {{ clean_text('category') }} as category,
        {{ told_text('customer_id') }} as customer_id,
        {{ told_text('store') }} as store,
        {{ clean_text('unit') }} as unit,
        quantity as quantity_found,
        {{ told_figure('quantity') }} as quantity_text,
        {{ told_figure('unit_price') }} as net_price_text,
        {{ told_figure('gross_unit_price') }} as gross_price_text,
        {{ told_figure('net_amount') }} as net_amount_text,
        {{ told_figure('gross_amount') }} as gross_amount_text,
        {{ told_figure('list_amount') }} as list_amount_text,
        {{ clean_text('tax_amount') }} as tax_amount_text,
        {{ clean_text('tax_amount_2') }} as tax_amount_2_text,
        {{ clean_text('tax_amount_3') }} as tax_amount_3_text,
        {{ clean_text('tax_amount_4') }} as tax_amount_4_text,
        {{ rate_text('tax_percent') }} as tax_percent_text,
        {{ clean_text('discount_amount') }} as discount_amount_text,
        {{ clean_text('unit_discount') }} as unit_discount_text,
        {{ rate_text('discount_percent') }} as discount_percent_text,
        {{ clean_text('discount_share') }} as discount_share_text,
        {{ clean_text('unit_cost') }} as unit_cost_text,
        {{ clean_text('line_cost') }} as line_cost_text,
        {{ clean_text('line_profit') }} as line_profit_text

    from source

),

-- A number with a form but no room in the type is out of range, not unreadable: its text is kept.
numbered as (

    select
        *,
        coalesce(net_amount_text, gross_amount_text, list_amount_text) as amount_text,
        coalesce(net_price_text, gross_price_text) as unit_price_text,
        {{ quantity_text('quantity_text', 'decimal_mark') }} as quantity_number,
        {{ number_text('net_amount_text', 'decimal_mark') }} as net_amount_number,
        {{ number_text('gross_amount_text', 'decimal_mark') }} as gross_amount_number,
        {{ number_text('list_amount_text', 'decimal_mark') }} as list_amount_number,
        {{ number_text('coalesce(net_price_text, gross_price_text)', 'decimal_mark') }}
            as unit_price_number,
        net_amount_text is not null as has_net_amount,
        gross_amount_text is not null as has_gross_amount,
        net_price_text is null and gross_price_text is not null as has_gross_price

    from trimmed

),

typed as (

    select
        *,
        case
            when has_net_amount then net_amount_number
            when has_gross_amount then gross_amount_number
            else list_amount_number
        end as amount_number,
        try_cast(quantity_number as decimal(18, 3)) as quantity,
        try_cast(unit_price_number as decimal(18, 4)) as unit_price,
        try_cast(net_amount_number as decimal(18, 4)) as net_amount,
        try_cast(gross_amount_number as decimal(18, 4)) as gross_amount,
        try_cast(list_amount_number as decimal(18, 4)) as list_amount,
        {{ parse_amount('tax_amount_text', 'decimal_mark') }} as tax_amount,
        {{ parse_amount('tax_amount_2_text', 'decimal_mark') }} as tax_amount_2,
        {{ parse_amount('tax_amount_3_text', 'decimal_mark') }} as tax_amount_3,
        {{ parse_amount('tax_amount_4_text', 'decimal_mark') }} as tax_amount_4,
        {{ parse_rate('tax_percent_text', 'decimal_mark') }} as tax_percent,
        {{ parse_amount('discount_amount_text', 'decimal_mark') }} as discount_amount,
        {{ parse_amount('unit_discount_text', 'decimal_mark') }} as unit_discount,
        {{ parse_rate('discount_percent_text', 'decimal_mark') }} as discount_percent,
        {{ parse_rate('discount_share_text', 'decimal_mark') }} as discount_share,
        {{ parse_amount('unit_cost_text', 'decimal_mark') }} as unit_cost,
        {{ parse_amount('line_cost_text', 'decimal_mark') }} as line_cost,
        {{ parse_amount('line_profit_text', 'decimal_mark') }} as line_profit,
        {{ parse_date('sale_date_text', 'date_order', 'timezone') }} as sale_date

    from numbered

),

-- A text is missed only where no other column says the same.
unread as (

    select
        *,
        {{ first_unread_text([
            'discount_amount', 'unit_discount', 'discount_percent', 'discount_share'
        ]) }} as unread_discount,
        {{ unread_tax() }} as unread_tax,
        case
            when coalesce(line_cost, unit_cost, line_profit) is null
                then {{ first_unread_text(['line_cost', 'unit_cost', 'line_profit']) }}
        end as unread_cost

    from typed

)

select * from unread
