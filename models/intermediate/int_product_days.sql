with

sales as (

    select * from {{ ref('int_sales') }}

    where line_kind = 'product'

)

select
    dataset_id,
    product_id,
    cast(sum(quantity) as decimal(18, 3)) as quantity,
    cast(sum(case when quantity > 0 then quantity else 0 end) as decimal(18, 3)) as units_sold,
    cast(sum(case when quantity < 0 then -quantity else 0 end) as decimal(18, 3)) as units_returned,
    cast(sum(net_revenue) as decimal(18, 4)) as revenue,
    cast(sum(case when line_cost is not null then net_revenue else 0 end) as decimal(18, 4)) as revenue_with_cost,
    cast(sum(coalesce(line_cost, 0)) as decimal(18, 4)) as cost,
    count(*) as line_count,
    count(line_cost) as costed_line_count,
    count(case when quantity < 0 then 1 end) as return_line_count,
    count(case when cost_basis = 'line' then 1 end) as own_cost_line_count,
    count(case when cost_basis = 'purchases' then 1 end) as purchase_cost_line_count,
    count(case when cost_basis = 'item' then 1 end) as item_cost_line_count,
    sale_date,
    month

from sales

group by dataset_id, product_id, sale_date, month
