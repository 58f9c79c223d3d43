with

purchases as (

    select * from {{ ref('stg_purchases') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

)

select
    purchases.dataset_id,
    purchases.purchase_line_id,
    identities.item_id as product_id,
    purchases.document_type,
    purchases.quantity,
    case
        when purchases.document_type = 'purchase_return' then -purchases.quantity
        else purchases.quantity
    end as received_quantity,
    purchases.unit_cost,
    purchases.purchase_date

from purchases

inner join identities
    on {{ same_naming('purchases', 'identities') }}
