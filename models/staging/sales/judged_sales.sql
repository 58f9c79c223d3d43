{{ config(materialized='view') }}

with

lines as (

    select * from {{ ref('judged_sales_priced') }}

),

repeats as (

    select * from {{ ref('judged_sales_repeats') }}

)

select
    lines.dataset_id,
    lines.source_file_id,
    lines.sheet,
    lines.row_number,
    lines.transaction_id,
    lines.line_id,
    lines.product_id,
    lines.product_name,
    lines.product_name_key,
    lines.category,
    lines.customer_id,
    lines.store,
    lines.unit,
    lines.document_type,
    lines.price_basis,
    lines.quantity,
    lines.net_revenue,
    lines.line_cost,
    lines.is_explained,
    lines.sale_date,
    coalesce(lines.first_reason, repeats.reason) as reason,
    case
        when
            lines.first_reason in ('other_document', 'returned_document', 'after_as_of_date')
            then 'ignored'
        when coalesce(lines.first_reason, repeats.reason) is not null then 'rejected'
        else 'accepted'
    end as outcome

from lines

left join repeats
    on
        lines.source_file_id = repeats.source_file_id
        and lines.sheet = repeats.sheet
        and lines.row_number = repeats.row_number
