-- A ranking may order what was sold, never gain or lose any of it. Units agree exactly; revenue is
-- rounded once per product, so half a paisa each may be missing.
{{ config(meta={"dagster": {"ref": {"name": "best_sellers"}}}) }}

with

ranked as (

    select
        dataset_id,
        count(*) as product_count,
        sum(total_quantity) as quantity,
        sum(total_revenue) as revenue

    from {{ ref('best_sellers') }}

    where period_type = 'all'

    group by dataset_id

),

sold as (

    select
        dataset_id,
        sum(quantity) as quantity,
        sum(revenue) as revenue

    from {{ ref('int_product_days') }}

    group by dataset_id

)

select
    sold.dataset_id,
    sold.quantity,
    ranked.quantity as ranked_quantity,
    sold.revenue,
    ranked.revenue as ranked_revenue

from sold

left join ranked
    on sold.dataset_id = ranked.dataset_id

where
    (
        ranked.quantity = sold.quantity
        and abs(ranked.revenue - sold.revenue) <= 0.005 * ranked.product_count
    ) is not true
