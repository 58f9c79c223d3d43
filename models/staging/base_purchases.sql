with

source as (

    select landed.*

    from {{ source('raw', 'raw_purchases') }} as landed

    -- a superseded snapshot lies in raw and counts for nothing
    inner join {{ ref('stg_source_files') }} as files
        on landed.source_file_id = files.source_file_id and files.status = 'accepted'

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
        lower({{ clean_text('document_type') }}) as document_type_text,
        lower({{ clean_text('product_id') }}) as product_id,
        {{ clean_text('product_name') }} as product_name,
        {{ text_key('product_name') }} as product_name_key,
        {{ clean_text('category') }} as category,
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
        try_cast({{ quantity_text('quantity_text', 'decimal_mark') }} as decimal(18, 3)) as quantity_found,
        try_cast({{ number_text('unit_cost_text', 'decimal_mark') }} as decimal(18, 4)) as unit_cost_found,
        try_cast({{ number_text('net_amount_text', 'decimal_mark') }} as decimal(18, 4)) as net_amount,
        try_cast({{ number_text('gross_amount_text', 'decimal_mark') }} as decimal(18, 4)) as gross_amount,
        try_cast({{ number_text('tax_amount_text', 'decimal_mark') }} as decimal(18, 4)) as tax_amount,
        {{ parse_date('purchase_date_text', 'date_order', 'timezone') }} as purchase_date

    from trimmed

),

derived as (

    select
        *,
        coalesce(document_type_text like '%return%' or document_type_text like '%debit note%', false)
        or quantity_found < 0 as is_return,
        coalesce(net_amount, gross_amount - coalesce(tax_amount, 0)) as amount

    from typed

)

select
    dataset_id,
    md5(concat_ws(':', source_file_id, sheet, cast(row_number as varchar))) as purchase_line_id,
    source_file_id,
    sheet,
    row_number,
    transaction_id,
    product_id,
    product_name,
    product_name_key,
    category,
    unit,
    purchase_date_text,
    quantity_text,
    amount_text,
    unit_cost_text,
    case when is_return then 'purchase_return' else 'purchase' end as document_type,
    cast(abs(quantity_found) as decimal(18, 3)) as quantity,
    -- what was paid per unit: the amount decides, the printed rate is rounded
    case
        when amount is not null and abs(quantity_found) > 0 and abs(amount) > 0
            then {{ ratio('abs(amount)', 'abs(quantity_found)', 4) }}
        when unit_cost_found > 0 then unit_cost_found
    end as unit_cost,
    purchase_date,
    case
        when row_fault is not null then row_fault
        when product_id is null and product_name_key is null then 'missing_product'
        when length(product_name) > {{ var('max_name_length') }} then 'name_too_long'
        when purchase_date_text is null then 'missing_date'
        when purchase_date is null then 'unreadable_date'
        when year(purchase_date) not between {{ var('earliest_year') }} and 2100 then 'date_out_of_range'
        when quantity_text is null then 'missing_quantity'
        when quantity_found is null then 'unreadable_quantity'
    end as reject_reason

from derived
