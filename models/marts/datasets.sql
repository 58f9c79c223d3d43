with

datasets as (

    select * from {{ ref('int_datasets') }}

),

transactions as (

    select * from {{ ref('int_transaction_counts') }}

),

terms as (

    select * from {{ ref('int_shop_terms') }}

),

totals as (

    select
        dataset_id,
        cast(sum(line_count) as bigint) as sales_line_count,
        sum(revenue) as revenue,
        case when sum(costed_line_count) > 0 then sum(revenue_with_cost) end as revenue_with_cost,
        case
            when sum(costed_line_count) > 0
                then sum(revenue_with_cost) - cast(sum(cost) as decimal(28, 7))
        end as gross_profit

    from {{ ref('int_store_days') }}

    group by dataset_id

),

products as (

    select
        dataset_id,
        count(*) as product_count

    from {{ ref('int_products') }}

    group by dataset_id

),

open_days as (

    select * from {{ ref('int_open_day_counts') }}

),

gaps as (

    select
        dataset_id,
        count(*) as gap_count,
        max(month) as last_gap_month

    from {{ ref('int_months') }}

    where is_gap

    group by dataset_id

),

stock as (

    select
        dataset_id,
        sum(stock_value) as stock_value

    from {{ ref('int_stock_positions') }}

    where current_stock > 0

    group by dataset_id

)

select
    datasets.dataset_id,
    datasets.dataset_id as dataset_name,
    datasets.currency,
    datasets.as_of_date,
    datasets.first_sale_date,
    datasets.last_sale_date,
    datasets.history_days,
    datasets.complete_months,
    cast(coalesce(gaps.gap_count, 0) as integer) as gap_count,
    gaps.last_gap_month,
    cast(coalesce(open_days.open_days_365d, 0) as integer) as open_days_365d,
    cast(coalesce(open_days.open_days_next_90d, 0) as integer) as open_days_next_90d,
    datasets.last_complete_month,
    coalesce(products.product_count, 0) as product_count,
    terms.branch_count,
    coalesce(totals.sales_line_count, 0) as sales_line_count,
    coalesce(transactions.transaction_count, 0) as transaction_count,
    {{ money('totals.revenue') }} as revenue,
    cast(totals.revenue as decimal(18, 4)) as exact_revenue,
    {{ money('totals.revenue_with_cost') }} as revenue_with_cost,
    {{ money('totals.gross_profit') }} as gross_profit,
    cast(totals.gross_profit as decimal(18, 4)) as exact_gross_profit,
    {{ money('stock.stock_value') }} as stock_value,
    terms.lead_time_days,
    terms.is_lead_time_known,
    terms.order_cycle_days,
    terms.is_order_cycle_known,
    cast(terms.target_margin as decimal(9, 6)) as target_margin,
    datasets.file_count

from datasets

left join totals
    on datasets.dataset_id = totals.dataset_id

inner join terms
    on datasets.dataset_id = terms.dataset_id

left join transactions
    on datasets.dataset_id = transactions.dataset_id

left join products
    on datasets.dataset_id = products.dataset_id

left join open_days
    on datasets.dataset_id = open_days.dataset_id

left join gaps
    on datasets.dataset_id = gaps.dataset_id

left join stock
    on datasets.dataset_id = stock.dataset_id

order by datasets.dataset_id
