{{ config(materialized='by_file', files='judged_sales_files') }}

with

sales as (

    select all_lines.*

    from {{ ref('stg_sales') }} as all_lines

    inner join {{ changed_files(ref('judged_sales_files')) }} as files
        on all_lines.source_file_id = files.source_file_id

),

-- A line without a bill number is a bill of its own.
bills as (

    select
        dataset_id,
        source_file_id,
        product_id,
        product_name_key,
        unit,
        sum(quantity) as quantity,
        sum(net_revenue) as revenue,
        sale_date

    from sales

    where quantity > 0

    group by
        dataset_id, source_file_id, product_id, product_name_key, unit, sale_date, transaction_id,
        case when transaction_id is null then sheet end,
        case when transaction_id is null then row_number end

)

select
    dataset_id,
    source_file_id,
    product_id,
    product_name_key,
    unit,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(count(*) as bigint) as bill_count,
    sale_date

from bills

group by dataset_id, source_file_id, product_id, product_name_key, unit, quantity, sale_date
