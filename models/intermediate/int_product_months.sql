with

product_days as (

    select * from {{ ref('int_product_days') }}

)

select
    dataset_id,
    product_id,
    cast(sum(quantity) as decimal(18, 3)) as quantity,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(sum(revenue_with_cost) as decimal(18, 4)) as revenue_with_cost,
    cast(sum(cost) as decimal(28, 7)) as cost,
    cast(sum(line_count) as bigint) as line_count,
    cast(sum(costed_line_count) as bigint) as costed_line_count,
    month

from product_days

group by dataset_id, product_id, month
