with

source as (

    select landed.*

    from {{ source('raw', 'raw_products') }} as landed

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
        when length(product_name) > {{ var('max_name_length') }} then 'name_too_long'
        when coalesce(product_id, product_name_key) like '#%!' then 'missing_product'
    end as reject_reason

from typed
