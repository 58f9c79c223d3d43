-- An owner who finds two revenues or two profits for one product believes neither.
{{ config(meta={"dagster": {"ref": {"name": "profitability"}}}) }}

with

best_sellers as (

    select * from {{ ref('best_sellers') }}

    where period_type = 'all'

),

contributions as (

    select * from {{ ref('revenue_contribution') }}

    where revenue_window = 'all' and abc_class != 'N'

),

profits as (

    select * from {{ ref('profitability') }}

    where profit_window = 'all'

)

select
    coalesce(best_sellers.dataset_id, contributions.dataset_id, profits.dataset_id) as dataset_id,
    coalesce(best_sellers.product_id, contributions.product_id, profits.product_id) as product_id,
    best_sellers.total_revenue,
    contributions.revenue as contribution_revenue,
    profits.revenue as profitability_revenue

from best_sellers

full join contributions
    on
        best_sellers.dataset_id = contributions.dataset_id
        and best_sellers.product_id = contributions.product_id

full join profits
    on
        best_sellers.dataset_id = profits.dataset_id
        and best_sellers.product_id = profits.product_id

where
    (
        best_sellers.total_revenue = contributions.revenue
        and best_sellers.total_revenue = profits.revenue
        and best_sellers.total_quantity = profits.quantity
        and best_sellers.gross_profit is not distinct from contributions.gross_profit
        and best_sellers.gross_profit is not distinct from profits.gross_profit
    ) is not true
