{{ config(materialized='by_file', files='judged_sales_parts') }}

with

lines as (

    select amounts.*

    from {{ ref('judged_sales_amounts') }} as amounts

    inner join {{ changed_files(ref('judged_sales_parts')) }} as files
        on amounts.source_file_id = files.source_file_id

),

judged as (

    select
        *,
        case
            when row_fault is not null then row_fault
            when document_outcome = 'ignored' then 'other_document'
            when document_outcome = 'returned' then 'returned_document'
            when document_outcome = 'unknown' then 'unknown_document'
            {% if var('as_of_date') %}
                when sale_date > date '{{ var("as_of_date") }}' then 'after_as_of_date'
            {% endif %}
            when {{ names_no_product() }} then 'missing_product'
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
            when unread_tax is not null and (
                price_basis in ('gross_amount', 'gross_amount_less_tax')
                or (has_gross_price and price_basis in ('unit_price', 'list_amount'))
            ) then 'unreadable_tax'
            when unread_discount is not null and price_basis in ('unit_price', 'list_amount')
                then 'unreadable_discount'
            when quantity_text is not null and quantity is null then 'number_out_of_range'
            when amount_text is not null and amount is null then 'number_out_of_range'
            when
                unit_price_text is not null
                and unit_price_number is not null
                and unit_price is null
                then 'number_out_of_range'
            when abs(signed_quantity) >= 1000000000 or abs(signed_amount) >= 1000000000000
                then 'number_out_of_range'
            when signed_quantity is null then 'missing_quantity'
            when signed_amount is null and price_basis is not null then 'missing_amount'
            when signed_quantity < 0 and signed_amount > 0 then 'sign_mismatch'
        end as late_reason

    from lines

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
    case
        when signed_quantity < 0 or document_outcome = 'sale_return' then 'sale_return' else 'sale'
    end as document_type,
    price_basis,
    signed_quantity as quantity,
    signed_amount as net_revenue,
    signed_cost as line_cost,
    sale_date,
    early_reason,
    late_reason,
    document_word,
    is_explained,
    unread_discount,
    unread_tax,
    unread_cost,
    -- equal for lines that may be the same line of one bill in one file
    case
        when transaction_id is not null and early_reason is null and late_reason is null
            then {{ values_hash([
                "dataset_id", "transaction_id", "line_id", "product_id", "product_name_key",
                "sale_date", "signed_quantity"
            ]) }}
    end as repeat_key,
    -- equal for lines of bills that may be the same bill, found again in another file
    case
        when transaction_id is not null and early_reason is null and late_reason is null
            then {{ values_hash(["dataset_id", "transaction_id", "sale_date"]) }}
    end as bill_key,
    -- equal for lines of one day that may be the same sale, whatever they call the product
    case
        when early_reason is null and late_reason is null
            then {{ values_hash(["sale_date", "signed_quantity", "signed_amount"]) }}
    end as money_key

from judged
