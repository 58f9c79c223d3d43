with

datasets as (

    select * from {{ ref('int_datasets') }}

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

sales_rows as (

    select
        dataset_id,
        cast(sum(case when outcome = 'accepted' then row_count else 0 end) as bigint) as sales_line_count,
        cast(
            sum(case when outcome = 'rejected' and reason != 'duplicate_line' then row_count else 0 end) as bigint
        ) as rejected_line_count

    from {{ ref('int_sales_verdicts') }}

    group by dataset_id

),

coverage as (

    select
        dataset_id,
        sum(revenue_with_cost) as revenue_with_cost,
        sum(revenue) as revenue

    from {{ ref('int_product_days') }}

    group by dataset_id

),

recently_sold as (

    select distinct
        product_days.dataset_id,
        product_days.product_id

    from {{ ref('int_product_days') }} as product_days

    inner join datasets
        on
            product_days.dataset_id = datasets.dataset_id
            and {{ days_between('product_days.sale_date', 'datasets.as_of_date') }} < 90

),

stock_match as (

    select
        recently_sold.dataset_id,
        count(stock.product_id) as matched_count,
        count(*) as product_count

    from recently_sold

    left join {{ ref('int_stock') }} as stock
        on
            recently_sold.dataset_id = stock.dataset_id
            and recently_sold.product_id = stock.product_id

    group by recently_sold.dataset_id

),

negative_stock as (

    select
        dataset_id,
        count(*) as negative_stock_count

    from {{ ref('int_stock') }}

    where current_stock < 0

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
    coalesce(sales_rows.sales_line_count, 0) as sales_line_count,
    -- repeats of lines that were counted elsewhere are no fault of the data
    cast(
        {{ ratio(
            'sales_rows.rejected_line_count', 'sales_rows.sales_line_count + sales_rows.rejected_line_count'
        ) }} as decimal(9, 6)
    ) as rejected_share,
    cast({{ ratio('coverage.revenue_with_cost', 'coverage.revenue') }} as decimal(9, 6)) as cost_coverage,
    cast({{ ratio('stock_match.matched_count', 'stock_match.product_count') }} as decimal(9, 6)) as stock_match_share,
    coalesce(negative_stock.negative_stock_count, 0) as negative_stock_count,
    datasets.complete_months as months_of_history,
    datasets.last_sale_date as latest_sale_date,
    datasets.latest_stock_date

from datasets

inner join file_counts
    on datasets.dataset_id = file_counts.dataset_id

left join sales_rows
    on datasets.dataset_id = sales_rows.dataset_id

left join coverage
    on datasets.dataset_id = coverage.dataset_id

left join stock_match
    on datasets.dataset_id = stock_match.dataset_id

left join negative_stock
    on datasets.dataset_id = negative_stock.dataset_id

order by datasets.dataset_id
