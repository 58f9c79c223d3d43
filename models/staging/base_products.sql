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
        lower({{ clean_text('product_id') }}) as product_id,
        {{ clean_text('product_name') }} as product_name,
        {{ text_key('product_name') }} as product_name_key,
        {{ clean_text('category') }} as category,
        {{ clean_text('unit') }} as unit,
        {{ clean_text('unit_cost') }} as unit_cost_text,
        {{ clean_text('sale_price') }} as sale_price_text

    from source

),

typed as (

    select
        *,
        try_cast({{ number_text('unit_cost_text', 'decimal_mark') }} as decimal(18, 4)) as unit_cost_number,
        try_cast({{ number_text('sale_price_text', 'decimal_mark') }} as decimal(18, 4)) as sale_price_number

    from trimmed

)

select
    dataset_id,
    source_file_id,
    sheet,
    row_number,
    product_id,
    product_name,
    product_name_key,
    category,
    unit,
    unit_cost_text,
    sale_price_text,
    -- a cost or price that is missing or not above zero is unknown, never zero
    case when unit_cost_number > 0 then unit_cost_number end as unit_cost,
    case when sale_price_number > 0 then sale_price_number end as sale_price,
    case
        when row_fault is not null then row_fault
        when product_id is null and product_name_key is null then 'missing_product'
        when coalesce(product_id, product_name_key) like '#%!' then 'missing_product'
    end as reject_reason

from typed
