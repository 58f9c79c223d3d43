-- A report that says "your tenth best" must have nine before it. Months keep the top only, so there
-- the ranks are dense as far as the depth goes.
{{ config(meta={"dagster": {"ref": {"name": "best_sellers"}}}) }}

with

ranks as (

    select
        dataset_id,
        'best_sellers by revenue' as ranking,
        concat_ws(' ', period_type, period) as part,
        rank_by_revenue as place

    from {{ ref('best_sellers') }}

    where period_type != 'month' or rank_by_revenue <= {{ var('best_sellers_depth') }}

    union all

    select
        dataset_id,
        'best_sellers by quantity' as ranking,
        concat_ws(' ', period_type, period) as part,
        rank_by_quantity as place

    from {{ ref('best_sellers') }}

    where period_type != 'month' or rank_by_quantity <= {{ var('best_sellers_depth') }}

    union all

    select
        dataset_id,
        'best_sellers by profit' as ranking,
        concat_ws(' ', period_type, period) as part,
        rank_by_profit as place

    from {{ ref('best_sellers') }}

    where period_type != 'month' or rank_by_profit <= {{ var('best_sellers_depth') }}

    union all

    select
        dataset_id,
        'revenue_contribution' as ranking,
        revenue_window as part,
        revenue_rank as place

    from {{ ref('revenue_contribution') }}

    union all

    select
        dataset_id,
        'profitability by profit' as ranking,
        profit_window as part,
        profit_rank as place

    from {{ ref('profitability') }}

    union all

    select
        dataset_id,
        'profitability by margin' as ranking,
        profit_window as part,
        margin_rank as place

    from {{ ref('profitability') }}

)

select
    dataset_id,
    ranking,
    part,
    count(place) as ranked_count,
    count(distinct place) as place_count,
    max(place) as last_place

from ranks

group by dataset_id, ranking, part

having
    count(place) > 0
    and (count(place) != count(distinct place) or count(place) != max(place) or min(place) != 1)
