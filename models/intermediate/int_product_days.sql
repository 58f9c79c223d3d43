{{ config(materialized='view') }}

with

item_days as (

    select * from {{ ref('int_item_days') }}

)

select
    dataset_id,
    source_file_id,
    product_id,
    product_name_key,
    quantity,
    units_sold,
    cast(units_sold - quantity as decimal(18, 3)) as units_returned,
    revenue,
    revenue_with_cost,
    cost,
    line_count,
    costed_line_count,
    return_line_count,
    own_cost_line_count,
    purchase_cost_line_count,
    item_cost_line_count,
    sale_date,
    month

from item_days

where line_kind = 'product'
