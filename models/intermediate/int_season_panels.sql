{{ config(materialized='view') }}

with

panel as (

    select * from {{ ref('int_product_panel') }}

),

store_days as (

    select * from {{ ref('int_store_days') }}

),

months as (

    select * from {{ ref('int_months') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

store_months as (

    select
        dataset_id,
        cast(sum(quantity) as decimal(18, 3)) as units,
        cast(sum(revenue) as decimal(18, 4)) as revenue,
        {{ month_of('sale_date') }} as month

    from store_days

    group by dataset_id, {{ month_of('sale_date') }}

),

levels as (

    select
        dataset_id,
        'product' as entity_type,
        product_id as entity_id,
        category,
        quantity as units,
        cast(quantity as decimal(18, 4)) as measure,
        trading_days,
        is_complete,
        month

    from panel

    union all

    select
        dataset_id,
        'category' as entity_type,
        category as entity_id,
        category,
        cast(sum(quantity) as decimal(18, 3)) as units,
        cast(sum(quantity) as decimal(18, 4)) as measure,
        max(trading_days) as trading_days,
        bool_and(is_complete) as is_complete,
        month

    from panel

    group by dataset_id, category, month

    union all

    select
        months.dataset_id,
        'store' as entity_type,
        months.dataset_id as entity_id,
        cast(null as varchar) as category,
        coalesce(store_months.units, 0) as units,
        coalesce(store_months.revenue, 0) as measure,
        months.trading_days,
        months.is_complete,
        months.month

    from months

    left join store_months
        on months.dataset_id = store_months.dataset_id and months.month = store_months.month

)

select
    levels.dataset_id,
    levels.entity_type,
    levels.entity_id,
    levels.category,
    levels.units,
    levels.measure,
    levels.trading_days,
    cast(
        {{ month_index('datasets.last_complete_month') }} - {{ month_index('levels.month') }} as integer
    ) as months_back,
    levels.is_complete,
    levels.month

from levels

inner join datasets
    on levels.dataset_id = datasets.dataset_id
