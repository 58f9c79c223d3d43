with

products as (

    select * from {{ ref('int_products') }}

),

stock as (

    select * from {{ ref('int_stock') }}

),

lead_times as (

    select * from {{ ref('int_lead_times') }}

)

select
    products.dataset_id,
    products.product_id,
    products.product_name,
    products.category,
    products.unit,
    lead_times.supplier,
    products.item_cost,
    products.list_price,
    stock.current_stock,
    products.first_seen_date,
    products.first_sale_date,
    products.last_sale_date,
    products.last_receipt_date

from products

left join lead_times
    on
        products.dataset_id = lead_times.dataset_id
        and products.product_id = lead_times.product_id

left join stock
    on products.dataset_id = stock.dataset_id and products.product_id = stock.product_id

order by products.dataset_id, products.product_id
