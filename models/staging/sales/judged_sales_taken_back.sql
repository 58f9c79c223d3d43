with

lines as (

    select * from {{ ref('base_sales') }}

),

documents as (

    select * from {{ ref('stg_documents') }}

),

files as (

    -- distinct: a file has many texts that say so
    select distinct source_file_id

    from documents

    where outcome = 'returned'

)

-- distinct: several lines of a bill may take back the same product
select distinct
    lines.source_file_id,
    lines.transaction_id,
    {{ product_key('lines') }} as product_key

from lines

inner join files
    on lines.source_file_id = files.source_file_id

left join documents
    on {{ same_document('lines', 'documents') }}

where
    lines.transaction_id is not null
    and {{ product_key('lines') }} is not null
    and (documents.outcome = 'sale_return' or {{ is_minus('lines') }})
