{{ config(materialized='by_file', files='judged_sales_files') }}

with

sales as (

    select all_lines.*

    from {{ ref('stg_sales') }} as all_lines

    inner join {{ changed_files(ref('judged_sales_files')) }} as files
        on all_lines.source_file_id = files.source_file_id

    where all_lines.store is not null

)

select
    dataset_id,
    source_file_id,
    store as branch_name,
    product_id,
    product_name_key,
    unit,
    cast({{ sign_of('quantity') }} as integer) as quantity_sign,
    cast(sum(quantity) as decimal(18, 3)) as quantity,
    cast(sum(net_revenue) as decimal(18, 4)) as revenue,
    count(*) as line_count,
    count(case when quantity > 0 then 1 end) as sold_line_count,
    sale_date

from sales

group by
    dataset_id, source_file_id, store, product_id, product_name_key, unit,
    {{ sign_of('quantity') }}, sale_date
