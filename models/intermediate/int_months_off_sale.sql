with

outages as (

    select * from {{ ref('int_outages') }}

),

bulk_orders as (

    select * from {{ ref('int_bulk_orders') }}

),

calendar as (

    select * from {{ ref('int_open_days') }}

    where is_open

),

products as (

    select * from {{ ref('int_products') }}

),

parts as (

    select
        outages.dataset_id,
        outages.product_id,
        1 as off_days,
        0 as bulk_quantity,
        0 as bulk_revenue,
        calendar.month

    from outages

    inner join calendar
        on
            outages.dataset_id = calendar.dataset_id
            and calendar.day between outages.first_day and outages.last_day

    union all

    -- before its first sale it was not on sale either
    select
        products.dataset_id,
        products.product_id,
        1 as off_days,
        0 as bulk_quantity,
        0 as bulk_revenue,
        calendar.month

    from products

    inner join calendar
        on
            products.dataset_id = calendar.dataset_id
            and calendar.month = {{ month_of('products.first_sale_date') }}
            and products.first_sale_date > calendar.day

    union all

    select
        dataset_id,
        product_id,
        0 as off_days,
        bulk_quantity,
        bulk_revenue,
        {{ month_of('sale_date') }} as month

    from bulk_orders

)

select
    dataset_id,
    product_id,
    cast(sum(off_days) as integer) as off_days,
    cast(sum(bulk_quantity) as decimal(18, 3)) as bulk_quantity,
    cast(sum(bulk_revenue) as decimal(18, 4)) as bulk_revenue,
    month

from parts

group by dataset_id, product_id, month
