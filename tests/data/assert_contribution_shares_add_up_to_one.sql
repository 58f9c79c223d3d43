-- With returns left in, shares of a shop once passed 100 %. Each share is rounded to a millionth.
{{ config(meta={"dagster": {"ref": {"name": "revenue_contribution"}}}) }}

with

window_totals as (

    select
        dataset_id,
        revenue_window,
        count(*) as product_count,
        sum(revenue_share) as shares,
        max(cumulative_share) as highest_share,
        max(revenue) as highest_revenue

    from {{ ref('revenue_contribution') }}

    group by dataset_id, revenue_window

)

select * from window_totals

where
    highest_revenue > 0
    and (abs(shares - 1) <= 0.0000005 * product_count and highest_share = 1) is not true
