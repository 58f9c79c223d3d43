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
        ) as first_reason,
        {{ totalled_name('product_name_key') }} as totalled_name

    from lines

),

-- Batches, serial numbers and sizes of a product add up; the same row once more does not.
numbered as (

    select
        *,
        row_number() over (
            partition by
                source_file_id, sheet, first_reason is null, store, batch, quantity, unit_cost,
                stock_date, {{ product_key() }}
            order by row_number asc nulls last
        ) as mention

    from judged

),

counted as (

    select
        source_file_id,
        sheet,
        product_name_key as name,
        quantity

    from numbered

    where first_reason is null and mention = 1 and product_name_key is not null

    union all

    select
        source_file_id,
        sheet,
        {{ text_key('category') }} as name,
        quantity

    from numbered

    where first_reason is null and mention = 1 and category is not null

),

-- "Mug Total" is a product, unless it is what the rows of "Mug" come to.
subtotals as (

    select
        numbered.source_file_id,
        numbered.sheet,
        numbered.row_number

    from numbered

    inner join counted
        on
            numbered.source_file_id = counted.source_file_id
            and numbered.sheet = counted.sheet
            and numbered.totalled_name = counted.name

    where numbered.first_reason is null

    group by
        numbered.source_file_id, numbered.sheet, numbered.row_number, numbered.quantity

    having sum(counted.quantity) = numbered.quantity

)

select
    numbered.dataset_id,
    numbered.source_file_id,
    numbered.sheet,
    numbered.row_number,
    numbered.product_id,
    numbered.product_name,
    numbered.product_name_key,
    numbered.category,
    numbered.store,
    numbered.batch,
    numbered.unit,
    numbered.quantity_text,
    numbered.unit_cost_text,
    numbered.stock_date_text,
    numbered.quantity,
    -- a cost that is missing or not above zero is unknown, never zero
    case
        when numbered.unit_cost > 0 then numbered.unit_cost
        when
            numbered.unit_cost_text is null
            and numbered.stock_value > 0
            and numbered.quantity > 0
            then {{ ratio('numbered.stock_value', 'numbered.quantity', 4) }}
    end as unit_cost,
    numbered.reorder_level,
    numbered.stock_date,
    case
        when numbered.first_reason is not null then numbered.first_reason
        when subtotals.row_number is not null then 'subtotal'
        when numbered.mention > 1 then 'repeated_product'
    end as reject_reason

from numbered

left join subtotals
    on
        numbered.source_file_id = subtotals.source_file_id
        and numbered.sheet = subtotals.sheet
        and numbered.row_number = subtotals.row_number
