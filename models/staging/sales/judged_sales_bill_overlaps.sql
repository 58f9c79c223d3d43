with

lines as (

    select * from {{ ref('judged_sales_bill_lines') }}

),

settings as (

    select * from {{ ref('stg_dataset_settings') }}

),

-- Products are compared by name or code where all lines of both files have it.
documents as (

    select
        dataset_id,
        source_file_id,
        document_key,
        count(*) as line_count,
        {{ rows_digest(values_hash(["quantity", "net_revenue"])) }} as money_digest,
        {{ told_digest('product_id') }} as code_digest,
        {{ told_digest('product_name_key') }} as name_digest,
        cast(sum(net_revenue) as decimal(18, 4)) as net_revenue,
        min(sale_date) as sale_date

    from lines

    group by dataset_id, source_file_id, document_key

),

paired as (

    select
        documents.dataset_id,
        documents.source_file_id,
        others.source_file_id as other_file_id,
        documents.document_key,
        documents.net_revenue,
        others.net_revenue as other_net_revenue,
        documents.sale_date,
        documents.line_count = others.line_count
        and documents.money_digest = others.money_digest
        and coalesce(documents.code_digest = others.code_digest, true)
        and coalesce(documents.name_digest = others.name_digest, true) as is_identical

    from documents

    inner join documents as others
        on
            documents.document_key = others.document_key
            and documents.source_file_id < others.source_file_id

),

file_pairs as (

    select
        dataset_id,
        source_file_id,
        other_file_id,
        count(*) as bill_count,
        count(case when is_identical then 1 end) as identical_count

    from paired

    group by dataset_id, source_file_id, other_file_id

)

-- Nearly all bills alike: the same till, exported twice. Nearly none: branches that number alike.
select
    paired.dataset_id,
    paired.source_file_id,
    paired.other_file_id,
    paired.document_key,
    file_pairs.bill_count,
    file_pairs.identical_count,
    paired.net_revenue,
    paired.other_net_revenue,
    case
        when settings.overlap_choice = 'once' then 'once'
        when file_pairs.identical_count * 5 >= file_pairs.bill_count * 4 then 'once'
        when file_pairs.identical_count * 5 < file_pairs.bill_count then 'count'
        else 'unclear'
    end as verdict,
    paired.is_identical,
    paired.sale_date

from paired

inner join file_pairs
    on
        paired.source_file_id = file_pairs.source_file_id
        and paired.other_file_id = file_pairs.other_file_id

left join settings
    on paired.dataset_id = settings.dataset_id
