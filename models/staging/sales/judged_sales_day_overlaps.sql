with

shared_days as (

    select * from {{ ref('judged_sales_shared_days') }}

    where line_count > 0 or other_line_count > 0

),

lines as (

    select * from {{ ref('judged_sales_day_lines') }}

),

limits as (

    select * from {{ ref('judged_sales_last_dates') }}

),

file_sizes as (

    select
        source_file_id,
        sum(usable_line_count) as line_count

    from {{ ref('judged_sales_days') }}

    group by source_file_id

),

-- What else a file tells of its lines is compared where all lines of both tell it.
digests as (

    select
        source_file_id,
        sale_date,
        has_bills,
        {{ told_digest('product_id') }} as product_digest,
        {{ told_digest('product_name_key') }} as name_digest,
        {{ told_digest('store') }} as store_digest,
        {{ told_digest('customer_id') }} as customer_digest,
        {{ told_digest('category') }} as category_digest,
        {{ told_digest('unit') }} as unit_digest,
        cast(sum(net_revenue) as decimal(18, 4)) as net_revenue

    from lines

    group by source_file_id, sale_date, has_bills

),

days as (

    select
        shared_days.*,
        shared_days.is_other_with_bills and not shared_days.has_bills as is_first_poorer,
        others.net_revenue,
        shared_days.is_same_money
        and others.source_file_id is not null
        and coalesce(files.product_digest = others.product_digest, true)
        and coalesce(files.name_digest = others.name_digest, true)
        and coalesce(files.store_digest = others.store_digest, true)
        and coalesce(files.customer_digest = others.customer_digest, true)
        and coalesce(files.category_digest = others.category_digest, true)
        and coalesce(files.unit_digest = others.unit_digest, true) as is_identical

    from shared_days

    inner join limits
        on
            shared_days.dataset_id = limits.dataset_id
            and shared_days.sale_date <= limits.last_plausible_date

    left join digests as files
        on
            shared_days.source_file_id = files.source_file_id
            and shared_days.sale_date = files.sale_date
            and shared_days.has_bills = files.has_bills

    left join digests as others
        on
            shared_days.other_file_id = others.source_file_id
            and shared_days.sale_date = others.sale_date
            and shared_days.has_bills = others.has_bills

),

file_pairs as (

    select
        source_file_id,
        other_file_id,
        count(*) as day_count,
        count(case when is_identical then 1 end) as identical_count,
        sum(case when is_identical then other_line_count else 0 end) as identical_lines

    from days

    group by source_file_id, other_file_id

)

-- Three lines that agree on all common days are no chance, nor is a file that is all the same.
select
    days.dataset_id,
    -- the file to drop from, and the one that keeps the day: one with bills says more
    case when days.is_first_poorer then days.source_file_id else days.other_file_id end
        as source_file_id,
    case when days.is_first_poorer then days.other_file_id else days.source_file_id end
        as other_file_id,
    days.has_bills,
    days.line_count,
    days.net_revenue,
    case
        when days.is_once_stated then 'once'
        when
            file_pairs.identical_count = file_pairs.day_count
            and (
                file_pairs.identical_lines >= {{ var('overlap_min_lines') }}
                or (
                    file_pairs.identical_lines = files.line_count
                    and file_pairs.identical_lines = others.line_count
                )
            )
            then 'once'
        else 'unclear'
    end as verdict,
    days.sale_date

from days

inner join file_pairs
    on
        days.source_file_id = file_pairs.source_file_id
        and days.other_file_id = file_pairs.other_file_id

inner join file_sizes as files
    on days.source_file_id = files.source_file_id

inner join file_sizes as others
    on days.other_file_id = others.source_file_id

where
    days.is_identical
    -- a day or two alike among many are chance
    and (days.is_once_stated or file_pairs.identical_count * 2 >= file_pairs.day_count)
