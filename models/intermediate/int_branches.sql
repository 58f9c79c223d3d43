-- Where files name one branch alone, nothing is to be told apart.
with

branch_days as (

    select * from {{ ref('int_branch_days') }}

),

stock_rows as (

    select * from {{ ref('int_stock_rows') }}
    where store != ''

),

named as (

    select
        dataset_id,
        {{ text_key('branch_name') }} as branch_id,
        branch_name,
        sum(line_count) as line_count

    from branch_days

    group by dataset_id, branch_name

    union all

    select
        dataset_id,
        store as branch_id,
        store as branch_name,
        0 as line_count

    from stock_rows

    group by dataset_id, store

),

ranked as (

    select
        *,
        row_number() over (
            partition by dataset_id, branch_id
            order by line_count desc nulls last, branch_name asc nulls last
        ) as place

    from named

),

branches as (

    select
        dataset_id,
        branch_id,
        branch_name,
        count(*) over (partition by dataset_id) as branch_count

    from ranked

    where place = 1

)

select
    dataset_id,
    branch_id,
    branch_name

from branches

where branch_count > 1
