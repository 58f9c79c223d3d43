with

verdicts as (

    select
        dataset_id,
        source_file_id,
        outcome,
        reason,
        row_count,
        tested_count,
        explained_count,
        amount

    from {{ ref('int_sales_verdicts') }}

    union all

    select
        dataset_id,
        source_file_id,
        outcome,
        reason,
        1 as row_count,
        0 as tested_count,
        0 as explained_count,
        cast(null as decimal(18, 4)) as amount

    from {{ ref('int_list_rows') }}

)

select
    dataset_id,
    source_file_id,
    cast(sum(row_count) as bigint) as rows_judged,
    cast(sum(case when outcome = 'accepted' then row_count else 0 end) as bigint) as rows_accepted,
    cast(sum(case when outcome = 'rejected' then row_count else 0 end) as bigint) as rows_rejected,
    cast(sum(case when outcome = 'ignored' then row_count else 0 end) as bigint) as rows_set_aside,
    cast(
        sum(
            case
                when reason in ('duplicate_line', 'replaced_bill', 'repeated_day') then row_count
                else 0
            end
        ) as bigint
    ) as rows_repeated,
    cast(sum(tested_count) as bigint) as rows_tested,
    cast(sum(explained_count) as bigint) as rows_explained,
    cast(sum(amount) as decimal(18, 4)) as accepted_total

from verdicts

group by dataset_id, source_file_id
