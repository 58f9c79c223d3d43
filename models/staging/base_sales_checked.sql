{{ config(materialized='by_file', files='base_sales_parts') }}

with

lines as (

    select all_lines.*

    from {{ ref('base_sales') }} as all_lines

    inner join {{ changed_files(ref('base_sales_parts')) }} as files
        on all_lines.source_file_id = files.source_file_id

),

-- Where a file has a column for it, a line without a quantity is a mistake in that line; where it has
-- none, the quantity follows from price and amount.
files_with_quantity as (

    select distinct source_file_id

    from {{ source('raw', 'raw_columns') }}

    where field = 'quantity'

),

document_types as (

    select * from {{ ref('document_types') }}

),

document_outcomes as (

    select
        lines.*,
        coalesce(types.outcome, 'sale') as type_outcome,
        coalesce(statuses.outcome, 'sale') as status_outcome,
        files_with_quantity.source_file_id is null as is_quantity_derived

    from lines

    left join document_types as types
        on lines.document_type_text = types.document_type

    left join document_types as statuses
        on lines.document_status_text = statuses.document_type

    left join files_with_quantity
        on lines.source_file_id = files_with_quantity.source_file_id

),

derived as (

    select
        *,
        type_outcome = 'ignored' or status_outcome = 'ignored' as is_other_document,
        type_outcome = 'sale_return' as is_return_document,
        case
            when quantity_text is not null then quantity
            when is_quantity_derived and amount_text is not null and unit_price > 0
                then cast({{ ratio('coalesce(net_amount, gross_amount)', 'unit_price', 3) }} as decimal(18, 3))
        end as line_quantity,
        case
            when has_net_amount then net_amount
            when amount_text is not null
                then cast(gross_amount - coalesce(tax_amount, 0) as decimal(18, 4))
            when unit_price_text is not null
                then try_cast(
                    cast(unit_price as decimal(28, 4)) * quantity - coalesce(discount_amount, 0) as decimal(18, 4)
                )
        end as line_amount,
        case
            when has_net_amount then 'net_amount'
            when amount_text is not null and tax_amount is not null then 'gross_amount_less_tax'
            when amount_text is not null then 'gross_amount'
            when unit_price_text is not null then 'unit_price'
        end as price_basis

    from document_outcomes

),

-- Returns written with positive figures are turned; a sale keeps the signs of the file.
signed as (

    select
        *,
        case
            when is_return_document then cast(-abs(line_quantity) as decimal(18, 3))
            else line_quantity
        end as signed_quantity,
        case
            when is_return_document then cast(-abs(line_amount) as decimal(18, 4))
            else line_amount
        end as signed_amount

    from derived

),

judged as (

    select
        *,
        case
            when row_fault is not null then row_fault
            when is_other_document then 'other_document'
            {% if var('as_of_date') %}
                when sale_date > date '{{ var("as_of_date") }}' then 'after_as_of_date'
            {% endif %}
            when product_id is null and product_name_key is null then 'missing_product'
            when length(product_name) > {{ var('max_name_length') }} then 'name_too_long'
            when sale_date_text is null then 'missing_date'
            when sale_date is null then 'unreadable_date'
            when year(sale_date) < {{ var('earliest_year') }} then 'date_out_of_range'
            when year(sale_date) > 2100 then 'date_out_of_range'
        end as early_reason,
        case
            when quantity_text is not null and quantity_number is null then 'unreadable_quantity'
            when amount_text is not null and amount_number is null then 'unreadable_amount'
            when
                amount_text is null and unit_price_text is not null and unit_price_number is null
                then 'unreadable_price'
            when quantity_text is not null and quantity is null then 'number_out_of_range'
            when amount_text is not null and coalesce(net_amount, gross_amount) is null
                then 'number_out_of_range'
            when unit_price_text is not null and unit_price_number is not null and unit_price is null
                then 'number_out_of_range'
            when abs(signed_quantity) >= 1000000000 or abs(signed_amount) >= 1000000000000
                then 'number_out_of_range'
            when signed_quantity is null then 'missing_quantity'
            when signed_amount is null and price_basis is not null then 'missing_amount'
            when signed_quantity < 0 and signed_amount > 0 then 'sign_mismatch'
        end as late_reason

    from signed

)

select
    dataset_id,
    source_file_id,
    sheet,
    row_number,
    transaction_id,
    line_id,
    product_id,
    product_name,
    product_name_key,
    category,
    customer_id,
    store,
    unit,
    case when signed_quantity < 0 or is_return_document then 'sale_return' else 'sale' end as document_type,
    price_basis,
    signed_quantity as quantity,
    signed_amount as net_revenue,
    -- a cost that is missing or not above zero is unknown, never zero
    case
        when line_cost > 0 then cast(line_cost * sign(signed_quantity) as decimal(18, 4))
        when unit_cost > 0
            then try_cast(cast(unit_cost as decimal(28, 4)) * signed_quantity as decimal(18, 4))
        when line_profit is not null and sign(signed_amount - line_profit) = sign(signed_quantity)
            then cast(signed_amount - line_profit as decimal(18, 4))
    end as line_cost,
    sale_date,
    early_reason,
    late_reason,
    -- equal for lines that may be the same line, found again in another file or in this one
    case
        when transaction_id is not null and early_reason is null and late_reason is null
            then {{ text_hash("concat_ws('|', dataset_id, transaction_id, line_id, product_id, "
                ~ "product_name_key, cast(sale_date as varchar), cast(signed_quantity as varchar))") }}
    end as repeat_key

from judged
