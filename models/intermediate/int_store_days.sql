with

item_days as (

    select * from {{ ref('int_item_days') }}

)

select
    dataset_id,
    cast(sum(quantity) as decimal(18, 3)) as quantity,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(
        sum(case when line_kind = 'product' then revenue else 0 end) as decimal(18, 4)
    ) as product_revenue,
    cast(
        sum(case when cost_basis is not null then revenue else 0 end) as decimal(18, 4)
    ) as revenue_with_cost,
    cast(sum(cost) as decimal(28, 7)) as cost,
    cast(sum(line_count) as bigint) as line_count,
    cast(
        sum(case when cost_basis is not null then line_count else 0 end) as bigint
    ) as costed_line_count,
    sale_date

from item_days

group by dataset_id, sale_date
