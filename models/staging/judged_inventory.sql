with

lines as (

    select base_inventory.*

    from {{ ref('base_inventory') }} as base_inventory

    -- a superseded snapshot lies in raw and counts for nothing
    inner join {{ ref('stg_source_files') }} as files
        on base_inventory.source_file_id = files.source_file_id and files.status = 'accepted'

),

judged as (

    select
        *,
        coalesce(
            row_fault,
            {{ product_fault() }},
            case
                when quantity_text is null then 'missing_quantity'
                when quantity_number is null then 'unreadable_quantity'
                when quantity is null or abs(quantity) >= 1000000000 then 'number_out_of_range'
            end
        ) as first_reason

    from lines

),

-- One product in one shop has one stock figure in a file: a second one would double it.
numbered as (

    select
        *,
        row_number() over (
            partition by
                source_file_id, first_reason is null, store, {{ product_key() }}
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
