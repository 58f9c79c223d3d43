with

items as (

    select * from {{ ref('int_items') }}

    where line_kind = 'product'

),

stock as (

    select * from {{ ref('int_stock') }}

),

sold as (

    select
        dataset_id,
        product_id,
        min(case when quantity_sign > 0 then sale_date end) as first_sale_date,
        max(case when quantity_sign > 0 then sale_date end) as last_sale_date

    from {{ ref('int_item_days') }}

    group by dataset_id, product_id

),

received as (

    select
        dataset_id,
        product_id,
        max(purchase_date) as last_receipt_date

    from {{ ref('int_purchases') }}

    where document_type = 'purchase'

    group by dataset_id, product_id

)

select
    items.dataset_id,
    items.product_id,
    items.product_name,
    items.category,
    items.unit,
    coalesce(stock.unit_cost, items.list_cost) as item_cost,
    items.list_price,
    items.first_seen_date,
    sold.first_sale_date,
    sold.last_sale_date,
    received.last_receipt_date

from items

left join stock
    on items.dataset_id = stock.dataset_id and items.product_id = stock.product_id

left join sold
    on items.dataset_id = sold.dataset_id and items.product_id = sold.product_id

left join received
    on items.dataset_id = received.dataset_id and items.product_id = received.product_id
