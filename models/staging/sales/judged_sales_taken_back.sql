{{ config(materialized='view') }}

-- Most shops have no such file, and typing all lines to find that out would cost as much as reading
-- them: the raw texts show a minus.
with

documents as (

    select * from {{ source('raw', 'raw_documents') }}

),

files as (

    -- distinct: a file has many texts that say so
    select distinct source_file_id

    from documents

    where outcome = 'returned'

),

lines as (

    select
        source_file_id,
        sheet,
        document_type,
        document_status,
        document_status_2,
        document_status_3,
        {{ clean_text('transaction_id') }} as transaction_id,
        coalesce(lower({{ clean_text('product_id') }}), {{ text_key('product_name') }})
            as product_key,
        concat_ws('|', quantity, net_amount, gross_amount, list_amount) as figures

    from {{ source('raw', 'raw_sales') }}

)

-- distinct: several lines of a bill may take back the same product
select distinct
    lines.source_file_id,
    lines.transaction_id,
    lines.product_key

from lines

inner join files
    on lines.source_file_id = files.source_file_id

left join documents
    on
        lines.source_file_id = documents.source_file_id
        and lines.sheet = documents.sheet
        and lines.document_type is not distinct from documents.document_type
        and lines.document_status is not distinct from documents.document_status
        and lines.document_status_2 is not distinct from documents.document_status_2
        and lines.document_status_3 is not distinct from documents.document_status_3

where
    lines.transaction_id is not null
    and (
        documents.outcome = 'sale_return'
        or regexp_matches(lines.figures, '[-−–(][^|]*[1-9]|[1-9][^|]*-\s*([|]|$)')
    )
