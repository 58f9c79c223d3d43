{{ config(materialized='view') }}

with

lines as (

    select * from {{ ref('judged_sales_lines') }}

    where document_word is not null

),

-- A line that another rule keeps out is told of by that one.
told as (

    select
        source_file_id,
        document_word,
        net_revenue,
        case
            when early_reason in ('unknown_document', 'returned_document') then early_reason
            when coalesce(early_reason, late_reason) is null then 'counted_document'
        end as reason

    from lines

),

counted as (

    select
        source_file_id,
        document_word,
        reason,
        count(*) as line_count,
        cast(coalesce(sum(net_revenue), 0) as decimal(18, 4)) as amount

    from told

    where reason is not null

    group by source_file_id, document_word, reason

),

worded as (

    select
        *,
        cast(line_count as string) || ' line(s) worth '
        || cast(cast(amount as decimal(18, 2)) as string) as worth

    from counted

)

select
    source_file_id,
    amount,
    case when reason = 'returned_document' then 'note' else 'warning' end as severity,
    case
        when reason = 'returned_document' then 'returned_documents' else 'unknown_documents'
    end as code,
    case reason
        when 'returned_document'
            then
                worth || ' are said to be taken back ("' || document_word
                || '") and count as no sales. If they are, say in mapping.yml: documents: {"'
                || document_word || '": sale}.'
        when 'unknown_document'
            then
                'Lucid does not know the word "' || document_word || '" for a kind of document: '
                || worth || ' were left out. Say what they are in mapping.yml: documents: {"'
                || document_word || '": sale}, or ignored, or sale_return.'
        else
            'Lucid does not know the word "' || document_word || '" for a kind of document: '
            || worth || ' count as sales. If they are none, say in mapping.yml: documents: {"'
            || document_word || '": ignored}, or sale_return.'
    end as message

from worded
