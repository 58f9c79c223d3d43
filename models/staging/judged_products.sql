with

lines as (

    select base_products.*

    from {{ ref('base_products') }} as base_products

    -- a superseded snapshot lies in raw and counts for nothing
    inner join {{ ref('stg_source_files') }} as files
        on base_products.source_file_id = files.source_file_id and files.status = 'accepted'

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
    case when unit_cost > 0 then unit_cost end as unit_cost,
    case when sale_price > 0 then sale_price end as sale_price,
    coalesce(row_fault, {{ product_fault() }}) as reject_reason

from lines
