-- A list price, a repeat in another file and what columns the file has can only be seen from beside the
-- line: the one place in staging that joins.
with

lines as (

    select * from {{ ref('base_sales') }}

),

document_types as (

    select * from {{ ref('document_types') }}

),

list_prices as (

    select
        dataset_id,
        coalesce(product_id, product_name_key) as product_key,
        max(sale_price) as list_price

    from {{ ref('stg_products') }}

    where sale_price > 0

    group by dataset_id, coalesce(product_id, product_name_key)

),

-- Where a file has a column for it, a line without a quantity is a mistake in that line; where it has
-- none, the quantity follows from price and amount.
files_with_quantity as (

    select distinct source_file_id

    from {{ source('raw', 'raw_columns') }}

    where field = 'quantity'

),

days as (

    select
        dataset_id,
        sale_date,
        count(*) as line_count

    from lines

    where year(sale_date) between {{ var('earliest_year') }} and 2100

    group by dataset_id, sale_date

),

days_counted as (

    select
        dataset_id,
        sale_date,
        sum(line_count) over (partition by dataset_id) as all_lines,
        sum(line_count) over (
            partition by dataset_id
            order by sale_date desc nulls last
            rows between unbounded preceding and current row
        ) - line_count as later_lines

    from days

),

-- A typing error in a year must not become the shop's last day: a date may lie at most a year after the
-- last day that a hundredth of the lines, or one at least, still follows.
date_limits as (

    select
        dataset_id,
        {{ add_days('max(sale_date)', 366) }} as last_plausible_date

    from days_counted

    where later_lines >= 1 and later_lines * 100 >= all_lines

    group by dataset_id

),

document_outcomes as (

    select
        lines.*,
        coalesce(types.outcome, 'sale') as type_outcome,
        coalesce(statuses.outcome, 'sale') as status_outcome,
        coalesce(list_prices.list_price, 0) as list_price,
        files_with_quantity.source_file_id is null as is_quantity_derived,
        date_limits.last_plausible_date

    from lines

    left join document_types as types
        on lines.document_type_text = types.document_type

    left join document_types as statuses
        on lines.document_status_text = statuses.document_type

    left join list_prices
        on
            lines.dataset_id = list_prices.dataset_id
            and coalesce(lines.product_id, lines.product_name_key) = list_prices.product_key

    left join files_with_quantity
        on lines.source_file_id = files_with_quantity.source_file_id

    left join date_limits
        on lines.dataset_id = date_limits.dataset_id

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
            when list_price > 0 then try_cast(cast(list_price as decimal(28, 4)) * quantity as decimal(18, 4))
        end as line_amount,
        case
            when has_net_amount then 'net_amount'
            when amount_text is not null and tax_amount is not null then 'gross_amount_less_tax'
            when amount_text is not null then 'gross_amount'
            when unit_price_text is not null then 'unit_price'
            when list_price > 0 then 'list_price'
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
            when sale_date > last_plausible_date then 'date_out_of_range'
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
            when signed_amount is null then 'missing_amount'
            when signed_quantity < 0 and signed_amount > 0 then 'sign_mismatch'
        end as first_reason

    from signed

),

-- The same line of the same transaction counts once, whichever file it stands in. Without a line id
-- the second equal line of a bill is a second sale, so equal lines are matched by their order of occurrence.
numbered as (

    select
        *,
        row_number() over (
            partition by
                dataset_id, source_file_id, transaction_id, line_id, sale_date, product_id,
                product_name_key, signed_quantity, signed_amount
            order by sheet asc nulls last, row_number asc nulls last
        ) as occurrence

    from judged

    where first_reason is null and transaction_id is not null

),

occurrences as (

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        row_number() over (
            partition by
                dataset_id, transaction_id, line_id, sale_date, product_id, product_name_key,
                signed_quantity, signed_amount,
                case when line_id is null then occurrence else 1 end
            order by source_file_id asc nulls last, sheet asc nulls last, row_number asc nulls last
        ) as copy_number,
        occurrence

    from numbered

)

select
    judged.dataset_id,
    md5(concat_ws(':', judged.source_file_id, judged.sheet, cast(judged.row_number as varchar))) as sale_line_id,
    judged.source_file_id,
    judged.sheet,
    judged.row_number,
    judged.transaction_id,
    judged.line_id,
    judged.product_id,
    judged.product_name,
    judged.product_name_key,
    judged.category,
    judged.customer_id,
    judged.store,
    judged.unit,
    case
        when judged.signed_quantity < 0 or judged.is_return_document then 'sale_return'
        else 'sale'
    end as document_type,
    judged.price_basis,
    judged.signed_quantity as quantity,
    judged.signed_amount as net_revenue,
    -- a cost that is missing or not above zero is unknown, never zero
    case
        when judged.line_cost > 0
            then cast(judged.line_cost * sign(judged.signed_quantity) as decimal(18, 4))
        when judged.unit_cost > 0
            then try_cast(cast(judged.unit_cost as decimal(28, 4)) * judged.signed_quantity as decimal(18, 4))
        when
            judged.line_profit is not null
            and sign(judged.signed_amount - judged.line_profit) = sign(judged.signed_quantity)
            then cast(judged.signed_amount - judged.line_profit as decimal(18, 4))
    end as line_cost,
    judged.sale_date,
    judged.sale_date_text,
    judged.quantity_text,
    judged.amount_text,
    judged.unit_price_text,
    case
        when judged.first_reason is not null then judged.first_reason
        when occurrences.copy_number > 1 then 'duplicate_line'
    end as reason,
    case
        when judged.first_reason in ('other_document', 'after_as_of_date') then 'ignored'
        when judged.first_reason is not null or occurrences.copy_number > 1 then 'rejected'
        else 'accepted'
    end as outcome,
    coalesce(occurrences.occurrence > 1, false) as is_equal_line

from judged

left join occurrences
    on
        judged.dataset_id = occurrences.dataset_id
        and judged.source_file_id = occurrences.source_file_id
        and judged.sheet = occurrences.sheet
        and judged.row_number = occurrences.row_number
