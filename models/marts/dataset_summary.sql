with

datasets as (

    select * from {{ ref('datasets') }}

),

newest_months as (

    select
        trends.dataset_id,
        trends.revenue,
        trends.revenue_change,
        trends.revenue_year_change,
        trends.profit

    from {{ ref('trends') }} as trends

    inner join datasets
        on
            trends.dataset_id = datasets.dataset_id
            and trends.month = datasets.last_complete_month

    where trends.entity_type = 'store'

),

idle_stock as (

    select
        dataset_id,
        cast(sum(estimated_value) as decimal(18, 2)) as dead_stock_value,
        count(*) as dead_stock_product_count

    from {{ ref('dead_stock') }}

    where is_dead_stock

    group by dataset_id

)

select
    datasets.dataset_id,
    datasets.dataset_name,
    datasets.currency,
    datasets.as_of_date,
    datasets.first_sale_date,
    datasets.revenue,
    datasets.gross_profit,
    cast(
        {{ ratio('datasets.gross_profit', 'datasets.revenue_with_cost') }} as decimal(9, 6)
    ) as profit_margin,
    cast(
        {{ ratio('datasets.revenue_with_cost', 'datasets.revenue') }} as decimal(9, 6)
    ) as cost_coverage,
    datasets.last_complete_month,
    newest_months.revenue as month_revenue,
    newest_months.revenue_change as month_revenue_change,
    newest_months.revenue_year_change as month_revenue_year_change,
    newest_months.profit as month_profit,
    datasets.stock_value,
    idle_stock.dead_stock_value,
    coalesce(idle_stock.dead_stock_product_count, 0) as dead_stock_product_count,
    datasets.product_count,
    datasets.sales_line_count

from datasets

left join newest_months
    on datasets.dataset_id = newest_months.dataset_id

left join idle_stock
    on datasets.dataset_id = idle_stock.dataset_id

order by datasets.dataset_id
