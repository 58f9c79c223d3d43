{{ config(materialized='view') }}

with

mentions as (

    select
        dataset_id,
        source_file_id,
        cast(null as string) as sheet,
        cast(null as bigint) as row_number,
        product_id,
        product_name_key,
        product_name,
        category,
        unit,
        line_count as mention_count,
        quantity,
        revenue,
        cast(null as decimal(18, 4)) as list_cost,
        cast(null as decimal(18, 4)) as list_price,
        first_date,
        last_date

    from {{ ref('int_sales_names') }}

    union all

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        product_id,
        product_name_key,
        product_name,
        category,
        unit,
        1 as mention_count,
        cast(null as decimal(18, 3)) as quantity,
        cast(null as decimal(18, 4)) as revenue,
        cast(null as decimal(18, 4)) as list_cost,
        cast(null as decimal(18, 4)) as list_price,
        stock_date as first_date,
        stock_date as last_date

    from {{ ref('stg_inventory') }}

    union all

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        product_id,
        product_name_key,
        product_name,
        category,
        unit,
        1 as mention_count,
        cast(null as decimal(18, 3)) as quantity,
        cast(null as decimal(18, 4)) as revenue,
        unit_cost as list_cost,
        sale_price as list_price,
        cast(null as date) as first_date,
        cast(null as date) as last_date

    from {{ ref('stg_products') }}

    union all

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        product_id,
        product_name_key,
        product_name,
        category,
        unit,
        1 as mention_count,
        cast(null as decimal(18, 3)) as quantity,
        cast(null as decimal(18, 4)) as revenue,
        cast(null as decimal(18, 4)) as list_cost,
        cast(null as decimal(18, 4)) as list_price,
        purchase_date as first_date,
        purchase_date as last_date

    from {{ ref('stg_purchases') }}

)

select * from mentions
