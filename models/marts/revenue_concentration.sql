with

contributions as (

    select
        *,
        greatest(revenue, 0) as positive_revenue

    from {{ ref('revenue_contribution') }}

),

window_totals as (

    select
        dataset_id,
        revenue_window,
        count(revenue_rank) as product_count,
        cast(sum(revenue) as decimal(18, 2)) as revenue,
        cast(sum(positive_revenue) as decimal(20, 2)) as positive_revenue,
        sum({{ product('positive_revenue', 2, 'positive_revenue') }}) as squared_revenue,
        sum(case when revenue_rank <= 1 then positive_revenue else 0 end) as top_1_revenue,
        sum(case when revenue_rank <= 5 then positive_revenue else 0 end) as top_5_revenue,
        sum(case when revenue_rank <= 10 then positive_revenue else 0 end) as top_10_revenue,
        max(case when revenue_rank = 1 and revenue > 0 then product_id end) as top_product_id

    from contributions

    group by dataset_id, revenue_window

)

select
    dataset_id,
    revenue_window,
    product_count,
    revenue,
    cast(
        {{ ratio('squared_revenue', 'positive_revenue * positive_revenue') }} as decimal(9, 6)
    ) as herfindahl_index,
    {{ ratio('positive_revenue * positive_revenue', 'squared_revenue') }} as effective_products,
    cast({{ ratio('top_1_revenue', 'positive_revenue') }} as decimal(9, 6)) as top_1_share,
    cast({{ ratio('top_5_revenue', 'positive_revenue') }} as decimal(9, 6)) as top_5_share,
    cast({{ ratio('top_10_revenue', 'positive_revenue') }} as decimal(9, 6)) as top_10_share,
    top_product_id

from window_totals

order by dataset_id, revenue_window
