with

source as (

    select landed.*

    from {{ source('raw', 'raw_inventory') }} as landed

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
        {{ text_key('store') }} as store,
        {{ clean_text('unit') }} as unit,
        {{ clean_text('quantity') }} as quantity_text,
        {{ clean_text('unit_cost') }} as unit_cost_text,
        {{ clean_text('stock_value') }} as stock_value_text,
        {{ clean_text('reorder_level') }} as reorder_level_text,
        {{ clean_text('stock_date') }} as stock_date_text,
        date_order,
        timezone

    from source

),

typed as (

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        row_fault,
        product_id,
        product_name,
        product_name_key,
        category,
        store,
        unit,
        quantity_text,
        unit_cost_text,
        stock_date_text,
        {{ quantity_text('quantity_text', 'decimal_mark') }} as quantity_number,
        try_cast({{ quantity_text('quantity_text', 'decimal_mark') }} as decimal(18, 3)) as quantity,
        try_cast({{ number_text('unit_cost_text', 'decimal_mark') }} as decimal(18, 4)) as unit_cost,
        try_cast({{ number_text('stock_value_text', 'decimal_mark') }} as decimal(18, 4)) as stock_value,
        try_cast(
            {{ quantity_text('reorder_level_text', 'decimal_mark') }} as decimal(18, 3)
        ) as reorder_level,
        {{ parse_date('stock_date_text', 'date_order', 'timezone') }} as stock_date

    from trimmed

),

judged as (

    select
        *,
        case
            when row_fault is not null then row_fault
            when product_id is null and product_name_key is null then 'missing_product'
            when length(product_name) > {{ var('max_name_length') }} then 'name_too_long'
            when coalesce(product_id, product_name_key) like '#%!' then 'missing_product'
            when quantity_text is null then 'missing_quantity'
            when quantity_number is null then 'unreadable_quantity'
            when quantity is null or abs(quantity) >= 1000000000 then 'number_out_of_range'
        end as first_reason

    from typed

),

-- One product in one shop has one stock figure in a file: a second one would double it.
numbered as (

    select
        *,
        row_number() over (
            partition by
                source_file_id, first_reason is null, store,
                coalesce(product_id, product_name_key)
            order by sheet asc nulls last, row_number asc nulls last
        ) as mention

    from judged

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
    store,
    unit,
    quantity_text,
    unit_cost_text,
    stock_date_text,
    quantity,
    -- a cost that is missing or not above zero is unknown, never zero
    case
        when unit_cost > 0 then unit_cost
        when unit_cost_text is null and stock_value > 0 and quantity > 0
            then {{ ratio('stock_value', 'quantity', 4) }}
    end as unit_cost,
    reorder_level,
    stock_date,
    case
        when first_reason is not null then first_reason
        when mention > 1 then 'repeated_product'
    end as reject_reason

from numbered
