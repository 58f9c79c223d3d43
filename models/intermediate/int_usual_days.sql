with

product_days as (

    select * from {{ ref('int_product_days') }}

),

bulk_orders as (

    select * from {{ ref('int_bulk_orders') }}

),

calendar as (

    select * from {{ ref('int_open_days') }}

),

days as (

    select
        dataset_id,
        product_id,
        sum(quantity) as quantity,
        sum(units_sold) as units_sold,
        sale_date

    from product_days

    group by dataset_id, product_id, sale_date

)

select
    days.dataset_id,
    days.product_id,
    cast(calendar.open_index as integer) as open_index,
    cast(days.quantity as decimal(18, 3)) as quantity,
    cast(days.units_sold as decimal(18, 3)) as units_sold,
    cast(days.quantity - coalesce(bulk_orders.bulk_quantity, 0) as decimal(18, 3))
        as usual_quantity,
    cast(coalesce(bulk_orders.bulk_quantity, 0) as decimal(18, 3)) as bulk_quantity,
    bulk_orders.product_id is not null as is_bulk,
    days.sale_date

from days

inner join calendar
    on days.dataset_id = calendar.dataset_id and days.sale_date = calendar.day

left join bulk_orders
    on
        days.dataset_id = bulk_orders.dataset_id
        and days.product_id = bulk_orders.product_id
        and days.sale_date = bulk_orders.sale_date
