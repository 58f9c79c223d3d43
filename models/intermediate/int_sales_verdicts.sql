with

accepted as (

    select
        dataset_id,
        source_file_id,
        cast(sum(line_count) as bigint) as row_count,
        cast(sum(tested_count) as bigint) as tested_count,
        cast(sum(explained_count) as bigint) as explained_count,
        cast(sum(unexplained_revenue) as decimal(18, 4)) as unexplained_revenue,
        cast(sum(revenue) as decimal(18, 4)) as amount

    from {{ ref('int_sales_days') }}

    group by dataset_id, source_file_id

),

-- A second equal line of one bill in one file counts, and is worth a look.
equal_lines as (

    select
        source_file_id,
        count(*) as equal_line_count,
        cast(sum(net_revenue) as decimal(18, 4)) as equal_line_amount

    from {{ ref('judged_sales_repeats') }}

    where reason is null

    group by source_file_id

),

refused as (

    select
        dataset_id,
        source_file_id,
        outcome,
        reason,
        count(*) as row_count

    from {{ ref('int_sales_refused') }}

    group by dataset_id, source_file_id, outcome, reason

)

select
    accepted.dataset_id,
    accepted.source_file_id,
    'accepted' as outcome,
    cast(null as string) as reason,
    accepted.row_count,
    accepted.tested_count,
    accepted.explained_count,
    accepted.unexplained_revenue,
    coalesce(equal_lines.equal_line_count, 0) as equal_line_count,
    equal_lines.equal_line_amount,
    accepted.amount

from accepted

left join equal_lines
    on accepted.source_file_id = equal_lines.source_file_id

union all

select
    dataset_id,
    source_file_id,
    outcome,
    reason,
    row_count,
    0 as tested_count,
    0 as explained_count,
    cast(0 as decimal(18, 4)) as unexplained_revenue,
    0 as equal_line_count,
    cast(null as decimal(18, 4)) as equal_line_amount,
    cast(null as decimal(18, 4)) as amount

from refused
