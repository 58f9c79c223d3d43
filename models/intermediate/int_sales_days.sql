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
    product_name_key,
    unit,
    cast({{ sign_of('quantity') }} as integer) as quantity_sign,
    line_cost is not null as has_own_cost,
    cast(sum(quantity) as decimal(18, 3)) as quantity,
    cast(sum(net_revenue) as decimal(18, 4)) as revenue,
    cast(sum(line_cost) as decimal(18, 4)) as own_cost,
    count(*) as line_count,
    count(is_explained) as tested_count,
    count(case when is_explained then 1 end) as explained_count,
    cast(
        coalesce(sum(case when not is_explained then net_revenue end), 0) as decimal(18, 4)
    ) as unexplained_revenue,
    sale_date

from sales

group by
    dataset_id, source_file_id, product_id, product_name_key, unit, {{ sign_of('quantity') }},
    line_cost is not null, sale_date
