{{ config(materialized='view') }}

with

days as (

    select * from {{ ref('int_sales_days') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

rates as (

    select * from {{ ref('int_unit_rates') }}

    where rate != 1

),

-- Few: most products are sold in one unit.
converted as (

    select
        identities.dataset_id,
        identities.product_id,
        identities.product_name_key,
        rates.unit,
        rates.rate

    from identities

    inner join rates
        on identities.dataset_id = rates.dataset_id and identities.item_id = rates.product_id

)

select
    days.dataset_id,
    days.source_file_id,
    days.product_id,
    days.product_name_key,
    days.unit,
    days.quantity_sign,
    days.has_own_cost,
    cast(
        {{ in_unit_sold('days.quantity', 'coalesce(converted.rate, 1)') }} as decimal(18, 3)
    ) as quantity,
    days.revenue,
    days.own_cost,
    days.line_count,
    days.sale_date

from days

left join converted
    on {{ same_naming('days', 'converted') }} and days.unit = converted.unit
