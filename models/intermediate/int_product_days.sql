{{ config(materialized='view') }}

with

item_days as (

    select * from {{ ref('int_item_days') }}

)

select
    dataset_id,
    source_file_id,
    product_id,
    product_code,
    product_name_key,
    unit,
    quantity_sign,
    cost_basis,
    is_own_cost_too_high,
    quantity,
    case when quantity_sign > 0 then quantity else 0 end as units_sold,
    case when quantity_sign < 0 then -quantity else 0 end as units_returned,
    revenue,
    case when cost_basis is not null then revenue else 0 end as revenue_with_cost,
    cost,
    line_count,
    case when cost_basis is not null then line_count else 0 end as costed_line_count,
    case when cost_basis = 'line' then line_count else 0 end as own_cost_line_count,
    case when cost_basis = 'purchases' then line_count else 0 end as purchase_cost_line_count,
    case when cost_basis = 'item' then line_count else 0 end as item_cost_line_count,
    sale_date,
    {{ month_of('sale_date') }} as month

from item_days

where line_kind = 'product'
