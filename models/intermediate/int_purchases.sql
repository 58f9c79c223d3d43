with

purchases as (

    select * from {{ ref('stg_purchases') }}

),

names as (

    select * from {{ ref('int_product_names') }}

)

select
    purchases.dataset_id,
    purchases.purchase_line_id,
    coalesce(purchases.product_id, names.product_id, purchases.product_name_key) as product_id,
    purchases.document_type,
    purchases.quantity,
    case
        when purchases.document_type = 'purchase_return' then -purchases.quantity
        else purchases.quantity
    end as received_quantity,
    purchases.unit_cost,
    purchases.purchase_date

from purchases

left join names
    on
        purchases.dataset_id = names.dataset_id
        and purchases.product_name_key = names.product_name_key
