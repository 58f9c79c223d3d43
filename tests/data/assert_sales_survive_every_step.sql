-- From accepted lines to the panel no revenue may be gained or lost: a join on a key that is not
-- one would.
{{ config(meta={"dagster": {"ref": {"name": "int_item_days"}}}) }}

with

totals as (

    select
        (select coalesce(sum(net_revenue), 0) from {{ ref('stg_sales') }}) as accepted,
        (select count(*) from {{ ref('stg_sales') }}) as accepted_lines,
        (select coalesce(sum(amount), 0) from {{ ref('int_sales_verdicts') }}) as judged,
        (select coalesce(sum(revenue), 0) from {{ ref('int_sales_days') }}) as identified,
        (select coalesce(sum(line_count), 0) from {{ ref('int_sales_days') }}) as identified_lines,
        (select coalesce(sum(line_count), 0) from {{ ref('int_sales_names') }}) as named_lines,
        (select count(*) from {{ ref('int_sales_days') }}) as day_rows,
        (select count(*) from {{ ref('int_item_days') }}) as item_day_rows,
        (select coalesce(sum(line_count), 0) from {{ ref('int_item_days') }}) as item_lines,
        (select coalesce(sum(revenue), 0) from {{ ref('int_store_days') }}) as by_day,
        (
            select coalesce(sum(product_revenue), 0)
            from {{ ref('int_store_days') }}
        ) as products_by_day,
        (select coalesce(sum(revenue), 0) from {{ ref('int_product_days') }}) as by_product,
        (select coalesce(sum(revenue), 0) from {{ ref('int_product_months') }}) as by_month,
        (
            select coalesce(sum(revenue), 0)
            from {{ ref('int_entity_months') }}
            where entity_type = 'product'
        ) as in_panel

)

select *

from totals

where
    accepted != identified
    or accepted != judged
    or accepted_lines != identified_lines
    or accepted_lines != named_lines
    or accepted_lines != item_lines
    or day_rows != item_day_rows
    or accepted != by_day
    or products_by_day != by_product
    or by_product != by_month
    or by_month != in_panel
