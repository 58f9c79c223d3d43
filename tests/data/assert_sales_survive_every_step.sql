-- From accepted lines to the panel no revenue may be gained or lost: a join on a key that is not one would.
{{ config(meta={"dagster": {"ref": {"name": "int_sales"}}}) }}

with

totals as (

    select
        (select coalesce(sum(net_revenue), 0) from {{ ref('stg_sales') }}) as accepted,
        (select count(*) from {{ ref('stg_sales') }}) as accepted_lines,
        (select coalesce(sum(net_revenue), 0) from {{ ref('int_sales') }}) as identified,
        (select count(*) from {{ ref('int_sales') }}) as identified_lines,
        (select coalesce(sum(revenue), 0) from {{ ref('int_store_days') }}) as by_day,
        (select coalesce(sum(product_revenue), 0) from {{ ref('int_store_days') }}) as products_by_day,
        (select coalesce(sum(revenue), 0) from {{ ref('int_product_days') }}) as by_product,
        (select coalesce(sum(revenue), 0) from {{ ref('int_product_months') }}) as by_month,
        (select coalesce(sum(revenue), 0) from {{ ref('int_product_panel') }}) as in_panel

)

select *

from totals

where
    accepted != identified
    or accepted_lines != identified_lines
    or accepted != by_day
    or products_by_day != by_product
    or by_product != by_month
    or by_month != in_panel
