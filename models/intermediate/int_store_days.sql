with

sales as (

    select * from {{ ref('int_sales') }}

)

select
    dataset_id,
    cast(sum(quantity) as decimal(18, 3)) as quantity,
    cast(sum(net_revenue) as decimal(18, 4)) as revenue,
    cast(sum(case when line_kind = 'product' then net_revenue else 0 end) as decimal(18, 4)) as product_revenue,
    cast(sum(case when line_cost is not null then net_revenue else 0 end) as decimal(18, 4)) as revenue_with_cost,
    cast(sum(coalesce(line_cost, 0)) as decimal(18, 4)) as cost,
    count(*) as line_count,
    count(line_cost) as costed_line_count,
    count(distinct transaction_id) as transaction_count,
    sale_date

from sales

group by dataset_id, sale_date
