{{ config(materialized='view') }}

with

files as (

    -- distinct: a file has many texts that say so
    select distinct source_file_id

    from {{ source('raw', 'raw_documents') }}

    where outcome = 'returned'

)

-- distinct: several lines of a bill may take back the same product
select distinct
    lines.source_file_id,
    lines.transaction_id,
    coalesce(lines.product_id, lines.product_name_key) as product_key

from {{ ref('base_sales') }} as lines

inner join files
    on lines.source_file_id = files.source_file_id

where
    lines.transaction_id is not null
    and (
        lines.document_outcome = 'sale_return'
        or least(lines.quantity, lines.net_amount, lines.gross_amount, lines.list_amount) < 0
    )
