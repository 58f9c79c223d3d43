with

datasets as (

    select * from {{ ref('int_datasets') }}

),

product_days as (

    select * from {{ ref('int_product_days') }}

),

stock as (

    select * from {{ ref('int_stock') }}

),

costs as (

    select
        dataset_id,
        {{ ratio('sum(revenue_with_cost)', 'sum(revenue)') }} as cost_coverage

    from product_days

    group by dataset_id

),

recently_sold as (

    -- distinct: a product has a row for each day it was sold
    select distinct
        product_days.dataset_id,
        product_days.product_id

    from product_days

    inner join datasets
        on
            product_days.dataset_id = datasets.dataset_id
            and {{ days_between('product_days.sale_date', 'datasets.as_of_date') }} < 90

),

stock_matches as (

    select
        recently_sold.dataset_id,
        {{ ratio('count(stock.product_id)', 'count(*)') }} as stock_match_share

    from recently_sold

    left join stock
        on
            recently_sold.dataset_id = stock.dataset_id
            and recently_sold.product_id = stock.product_id

    group by recently_sold.dataset_id

)

select
    costs.dataset_id,
    costs.cost_coverage,
    stock_matches.stock_match_share

from costs

left join stock_matches
    on costs.dataset_id = stock_matches.dataset_id
