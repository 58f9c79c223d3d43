with

bills as (

    select * from {{ ref('judged_sales_bill_overlaps') }}

    where verdict = 'once'

),

ranks as (

    select * from {{ ref('judged_sales_file_ranks') }}

),

-- A bill that was changed counts as the newest of its files has it, and its lines before their sum.
replaced as (

    select
        bills.document_key,
        case
            when bills.summing_file_id is not null then bills.summing_file_id
            when files.file_rank < others.file_rank then bills.source_file_id
            else bills.other_file_id
        end as source_file_id,
        case
            when bills.summing_file_id = bills.other_file_id then bills.source_file_id
            when bills.summing_file_id is not null then bills.other_file_id
            when files.file_rank < others.file_rank then bills.other_file_id
            else bills.source_file_id
        end as other_file_id

    from bills

    inner join ranks as files
        on bills.source_file_id = files.source_file_id

    inner join ranks as others
        on bills.other_file_id = others.source_file_id

    where not bills.is_identical

),

-- What is replaced itself makes no copy of another file's bill.
copied as (

    select
        bills.document_key,
        bills.other_file_id as source_file_id,
        bills.source_file_id as other_file_id

    from bills

    left join replaced
        on
            bills.document_key = replaced.document_key
            and bills.source_file_id = replaced.source_file_id

    where bills.is_identical and replaced.document_key is null

)

select
    document_key,
    source_file_id,
    other_file_id,
    'replaced_bill' as reason

from replaced

union all

select
    document_key,
    source_file_id,
    other_file_id,
    'duplicate_line' as reason

from copied
