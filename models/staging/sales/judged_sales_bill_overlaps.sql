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
        documents.line_count < others.line_count as is_shorter,
        documents.line_count > others.line_count as is_longer,
        -- every line was rounded on its own
        abs(documents.net_revenue - others.net_revenue)
        <= 0.01 * greatest(documents.line_count, others.line_count) as is_same_money,
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
        count(case when is_identical then 1 end) as identical_count,
        count(case when is_same_money then 1 end) as same_money_count,
        count(case when is_shorter then 1 end) as shorter_count,
        count(case when is_longer then 1 end) as longer_count

    from paired

    group by dataset_id, source_file_id, other_file_id

),

-- One file has what each bill came to, the other its lines: more of them for as much money.
summed as (

    select
        *,
        case
            when same_money_count * 5 < bill_count * 4 or greatest(shorter_count, longer_count) < 2
                then null
            when longer_count = 0 then source_file_id
            when shorter_count = 0 then other_file_id
        end as summing_file_id

    from file_pairs

)

-- Nearly all bills alike: the same till, exported twice. Nearly none: branches that number alike.
select
    paired.dataset_id,
    paired.source_file_id,
    paired.other_file_id,
    paired.document_key,
    summed.bill_count,
    summed.identical_count,
    summed.summing_file_id,
    paired.net_revenue,
    paired.other_net_revenue,
    case
        when settings.overlap_choice = 'once' then 'once'
        when settings.overlap_choice is null and summed.summing_file_id is not null then 'once'
        when summed.identical_count * 5 >= summed.bill_count * 4 then 'once'
        when summed.identical_count * 5 < summed.bill_count then 'count'
        else 'unclear'
    end as verdict,
    paired.is_identical,
    paired.sale_date

from paired

inner join summed
    on
        paired.source_file_id = summed.source_file_id
        and paired.other_file_id = summed.other_file_id

left join settings
    on paired.dataset_id = settings.dataset_id
