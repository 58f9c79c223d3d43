{{ config(materialized='view') }}

with

item_days as (

    select * from {{ ref('int_item_days') }}

)

select
    *,
    cast(units_sold - quantity as decimal(18, 3)) as units_returned

from item_days

where line_kind = 'product'
