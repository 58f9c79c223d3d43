with

lines as (

    select base_purchases.*

    from {{ ref('base_purchases') }} as base_purchases

    -- a superseded snapshot lies in raw and counts for nothing
    inner join {{ ref('stg_source_files') }} as files
        on base_purchases.source_file_id = files.source_file_id and files.status = 'accepted'

),

derived as (

    select
        *,
        coalesce(
            document_type_text like '%return%' or document_type_text like '%debit note%', false
        )
        or quantity < 0 as is_return,
        abs(coalesce(net_amount, gross_amount - coalesce(tax_amount, 0))) as amount

    from lines

)

select
    dataset_id,
    source_file_id,
    sheet,
    row_number,
    transaction_id,
    product_id,
    product_name,
    product_name_key,
    category,
    supplier,
    unit,
    purchase_date_text,
    quantity_text,
    amount_text,
    unit_cost_text,
    case when is_return then 'purchase_return' else 'purchase' end as document_type,
    cast(abs(quantity) as decimal(18, 3)) as quantity,
    -- what was paid per unit: the amount decides, the printed rate is rounded
    case
        when abs(quantity) > 0 and amount > 0 then {{ ratio('amount', 'abs(quantity)', 4) }}
        when unit_cost > 0 then unit_cost
    end as unit_cost,
    purchase_date,
    coalesce(
        row_fault,
        {{ product_fault() }},
        case
            when purchase_date_text is null then 'missing_date'
            when purchase_date is null then 'unreadable_date'
            when year(purchase_date) not between {{ var('earliest_year') }} and 2100
                then 'date_out_of_range'
            when quantity_text is null then 'missing_quantity'
            when quantity is null then 'unreadable_quantity'
        end
    ) as reject_reason

from derived
