with

repeats as (

    select * from {{ ref('judged_sales_repeats') }}

    where other_file_id is not null

),

bills as (

    select * from {{ ref('judged_sales_bill_overlaps') }}

    where verdict != 'once'

),

days as (

    select * from {{ ref('judged_sales_day_overlaps') }}

    where verdict != 'once'

),

sentences as (

    select * from {{ ref('overlap_sentences') }}

),

files as (

    select * from {{ ref('stg_source_files') }}

),

dropped as (

    select
        source_file_id,
        other_file_id,
        case reason
            when 'duplicate_line' then 'bills_counted_once'
            when 'replaced_bill' then 'bills_replaced'
            else 'days_counted_once'
        end as code,
        count(*) as item_count,
        cast(sum(net_revenue) as decimal(18, 4)) as amount,
        count(distinct sale_date) as day_count,
        min(sale_date) as first_date,
        max(sale_date) as last_date

    from repeats

    group by source_file_id, other_file_id, reason

),

numbers as (

    select
        other_file_id as source_file_id,
        source_file_id as other_file_id,
        case when verdict = 'unclear' then 'bills_differ' else 'bill_numbers_shared' end as code,
        count(*) as item_count,
        cast(sum(other_net_revenue) as decimal(18, 4)) as amount,
        count(distinct sale_date) as day_count,
        min(sale_date) as first_date,
        max(sale_date) as last_date

    from bills

    group by source_file_id, other_file_id, verdict

),

alike as (

    select
        source_file_id,
        other_file_id,
        'days_alike' as code,
        cast(sum(line_count) as bigint) as item_count,
        cast(sum(net_revenue) as decimal(18, 4)) as amount,
        count(distinct sale_date) as day_count,
        min(sale_date) as first_date,
        max(sale_date) as last_date

    from days

    group by source_file_id, other_file_id

),

united as (

    select * from dropped
    union all
    select * from numbers
    union all
    select * from alike

)

select
    united.source_file_id,
    united.other_file_id,
    -- branches that number alike share many bills; one or two may as well be corrections
    case
        when united.code = 'bills_counted_once' then 'note'
        when
            united.code = 'bill_numbers_shared'
            and united.item_count >= {{ var('overlap_min_lines') }}
            then 'note'
        else 'warning'
    end as severity,
    united.code,
    cast(united.item_count as string) || ' ' || sentences.counted || ' of '
    || cast(united.day_count as string) || ' day(s) from ' || cast(united.first_date as string)
    || ' to ' || cast(united.last_date as string) || ', worth '
    || cast(cast(united.amount as decimal(18, 2)) as string) || ', '
    || replace(sentences.sentence, '{file}', files.file_name) as message,
    united.amount

from united

inner join sentences
    on united.code = sentences.code

inner join files
    on united.other_file_id = files.source_file_id
