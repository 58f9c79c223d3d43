-- A bill may stand in two files. It cannot where the ranges of two files' bill numbers lie apart,
-- as those of month after month do: their counts add up, and only files whose ranges meet are read
-- again.
with

files as (

    select * from {{ ref('int_sales_transactions') }}

),

sales as (

    select * from {{ ref('stg_sales') }}

),

preceded as (

    select
        *,
        max(last_transaction_id) over (
            partition by dataset_id
            order by first_transaction_id asc nulls last, source_file_id asc nulls last
            rows between unbounded preceding and 1 preceding
        ) as highest_before

    from files

),

grouped as (

    select
        *,
        sum(case when first_transaction_id <= highest_before then 0 else 1 end) over (
            partition by dataset_id
            order by first_transaction_id asc nulls last, source_file_id asc nulls last
            rows between unbounded preceding and current row
        ) as range_number

    from preceded

),

ranges as (

    select
        *,
        count(*) over (partition by dataset_id, range_number) as file_count

    from grouped

),

counts as (

    select
        dataset_id,
        transaction_count

    from ranges

    where file_count = 1

    union all

    select
        ranges.dataset_id,
        count(distinct sales.transaction_id) as transaction_count

    from sales

    inner join ranges
        on sales.source_file_id = ranges.source_file_id and ranges.file_count > 1

    group by ranges.dataset_id

)

select
    dataset_id,
    cast(sum(transaction_count) as bigint) as transaction_count

from counts

group by dataset_id
