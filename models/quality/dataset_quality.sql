with

datasets as (

    select * from {{ ref('int_datasets') }}

),

coverage as (

    select * from {{ ref('int_dataset_coverage') }}

),

file_counts as (

    select
        dataset_id,
        count(*) as file_count,
        count(case when status in ('refused', 'quarantined') then 1 end) as refused_file_count,
        cast(sum(rows_found) as bigint) as rows_found,
        cast(sum(rows_accepted) as bigint) as rows_accepted,
        cast(sum(rows_rejected) as bigint) as rows_rejected,
        cast(sum(rows_ignored) as bigint) as rows_ignored

    from {{ ref('source_files') }}

    group by dataset_id

),

-- Repeats of lines that were counted elsewhere are no fault of the data.
sales_rows as (

    select
        dataset_id,
        sum(case when outcome = 'accepted' then row_count else 0 end) as accepted_count,
        sum(
            case
                when reason in ('duplicate_line', 'replaced_bill', 'repeated_day') then 0
                when outcome = 'rejected' then row_count
                else 0
            end
        ) as rejected_count

    from {{ ref('int_sales_verdicts') }}

    group by dataset_id

),

-- Two warnings of one file may be about the same money: the larger counts.
doubts as (

    select
        dataset_id,
        source_file_id,
        max(revenue_share) as doubtful_share

    from {{ ref('file_issues') }}

    where severity = 'warning'

    group by dataset_id, source_file_id

),

negative_stock as (

    select
        dataset_id,
        count(*) as negative_stock_count

    from {{ ref('int_stock') }}

    where current_stock < 0

    group by dataset_id

),

doubtful as (

    select
        dataset_id,
        sum(doubtful_share) as doubtful_share

    from doubts

    group by dataset_id

)

select
    datasets.dataset_id,
    file_counts.file_count,
    file_counts.refused_file_count,
    file_counts.rows_found,
    file_counts.rows_accepted,
    file_counts.rows_rejected,
    file_counts.rows_ignored,
    cast(coalesce(sales_rows.accepted_count, 0) as bigint) as sales_line_count,
    cast(
        {{ ratio(
            'sales_rows.rejected_count',
            'sales_rows.accepted_count + sales_rows.rejected_count'
        ) }} as decimal(9, 6)
    ) as rejected_share,
    cast(least(coalesce(doubtful.doubtful_share, 0), 1) as decimal(9, 6)) as doubtful_share,
    cast(coverage.cost_coverage as decimal(9, 6)) as cost_coverage,
    cast(coverage.stock_match_share as decimal(9, 6)) as stock_match_share,
    coalesce(negative_stock.negative_stock_count, 0) as negative_stock_count,
    datasets.complete_months as months_of_history,
    datasets.last_sale_date as latest_sale_date,
    datasets.latest_stock_date

from datasets

inner join file_counts
    on datasets.dataset_id = file_counts.dataset_id

left join sales_rows
    on datasets.dataset_id = sales_rows.dataset_id

left join doubtful
    on datasets.dataset_id = doubtful.dataset_id

left join coverage
    on datasets.dataset_id = coverage.dataset_id

left join negative_stock
    on datasets.dataset_id = negative_stock.dataset_id

order by datasets.dataset_id
