{{ config(materialized='view') }}

with

periods as (

    select * from {{ ref('int_periods') }}

),

product_days as (

    select * from {{ ref('int_product_days') }}

),

product_months as (

    select * from {{ ref('int_product_months') }}

)

select
    periods.period_id,
    product_days.dataset_id,
    product_days.product_id,
    {{ sales_sums('product_days') }}

from product_days

inner join periods
    on
        product_days.dataset_id = periods.dataset_id
        and product_days.sale_date between periods.first_day and periods.last_day

group by periods.period_id, product_days.dataset_id, product_days.product_id

union all

select
    periods.period_id,
    product_months.dataset_id,
    product_months.product_id,
    {{ sales_sums('product_months') }}

from product_months

inner join periods
    on product_months.dataset_id = periods.dataset_id and periods.period_type = 'all'

group by periods.period_id, product_months.dataset_id, product_months.product_id

union all

-- a whole month is summed already
select
    periods.period_id,
    product_months.dataset_id,
    product_months.product_id,
    product_months.quantity,
    product_months.revenue,
    product_months.revenue_with_cost,
    product_months.cost,
    product_months.line_count,
    product_months.costed_line_count

from product_months

inner join periods
    on
        product_months.dataset_id = periods.dataset_id
        and product_months.month = periods.whole_month
