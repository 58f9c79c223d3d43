{{ config(materialized='view') }}

with

kinds as (

    select * from {{ ref('stg_documents') }}

),

quantities as (

    select * from {{ ref('judged_sales_quantities') }}

),

-- A sale said to have come back counts where a line of the bill takes it back: once is enough.
documents as (

    select
        lines.*,
        case
            when kinds.outcome = 'returned' and {{ is_minus('lines') }} then 'sale_return'
            when kinds.outcome = 'returned' and taken_back.source_file_id is not null then 'sale'
            else coalesce(kinds.outcome, 'sale')
        end as document_outcome,
        case when kinds.outcome != 'returned' or taken_back.product_key is null then kinds.word end
            as document_word,
        quantities.source_file_id is not null as has_quantity_column,
        quantities.may_lack_quantity,
        case
            when lines.amount_text is not null and lines.unit_price > 0
                then cast({{ ratio(
                    'coalesce(lines.net_amount, lines.gross_amount, lines.list_amount)',
                    'lines.unit_price', 3
                ) }} as decimal(18, 3))
        end as priced_quantity,
        {{ priced_amount('lines') }} as priced_amount,
        coalesce(lines.list_amount, {{ priced_amount('lines') }}) as full_amount

    from {{ ref('base_sales') }} as lines

    left join kinds on {{ same_document('lines', 'kinds') }}

    -- the outcome is asked for above: in this condition it makes DuckDB hold every line in memory
    left join {{ ref('judged_sales_taken_back') }} as taken_back
        on
            lines.source_file_id = taken_back.source_file_id
            and lines.transaction_id = taken_back.transaction_id
            and {{ product_key('lines') }} = taken_back.product_key

    left join quantities
        on lines.source_file_id = quantities.source_file_id

),

derived as (

    select
        *,
        case when quantity_text is not null then quantity else {{ derived_quantity() }} end
            as line_quantity,
        case
            when has_net_amount then net_amount
            when has_gross_amount then {{ less_tax('gross_amount') }}
            when has_gross_price then {{ less_tax(less_discount('full_amount')) }}
            when amount_text is not null or unit_price_text is not null
                then {{ less_discount('full_amount') }}
        end as line_amount,
        case
            when amount_text is null then null
            when has_gross_price then {{ less_tax(less_discount('priced_amount')) }}
            else {{ less_discount('priced_amount') }}
        end as worked_amount,
        case
            when has_net_amount then 'net_amount'
            when has_gross_amount and coalesce(tax_amount, tax_percent) is not null
                then 'gross_amount_less_tax'
            when has_gross_amount then 'gross_amount'
            when amount_text is not null then 'list_amount'
            when unit_price_text is not null then 'unit_price'
        end as price_basis

    from documents

),

-- Returns written with positive figures are turned; a sale keeps the signs of the file. Money that
-- goes out for goods that are counted up is a return of them.
signed as (

    select
        *,
        case
            when document_outcome = 'sale_return' or line_amount < 0
                then cast(-abs(line_quantity) as decimal(18, 3))
            else line_quantity
        end as signed_quantity,
        case
            when document_outcome = 'sale_return' then cast(-abs(line_amount) as decimal(18, 4))
            else line_amount
        end as signed_amount

    from derived

)

select
    dataset_id,
    source_file_id,
    sheet,
    row_number,
    row_fault,
    transaction_id,
    line_id,
    product_id,
    product_name,
    product_name_key,
    category,
    customer_id,
    store,
    unit,
    sale_date_text,
    quantity_text,
    quantity_number,
    amount_text,
    amount_number,
    unit_price_text,
    unit_price_number,
    price_basis,
    quantity,
    unit_price,
    coalesce(net_amount, gross_amount, list_amount) as amount,
    signed_quantity,
    signed_amount,
    {{ signed_cost() }} as signed_cost,
    {{ is_explained() }} as is_explained,
    unread_discount,
    unread_tax,
    unread_cost,
    has_gross_price,
    document_outcome,
    document_word,
    sale_date

from signed
