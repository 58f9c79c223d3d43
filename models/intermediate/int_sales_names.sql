{{ config(materialized='by_file', files='judged_sales_files') }}

with

sales as (

    select all_lines.*

    from {{ ref('stg_sales') }} as all_lines

    inner join {{ changed_files(ref('judged_sales_files')) }} as files
        on all_lines.source_file_id = files.source_file_id

)

select
    dataset_id,
    source_file_id,
    product_id,
    -- follows from the name, so that any line's will do
    any_value(product_name_key) as product_name_key,
    product_name,
    category,
    unit,
    count(*) as line_count,
    cast(sum(quantity) as decimal(18, 3)) as quantity,
    cast(sum(net_revenue) as decimal(18, 4)) as revenue,
    min(sale_date) as first_date,
    max(sale_date) as last_date

from sales

group by dataset_id, source_file_id, product_id, product_name, category, unit
