with

purchases as (

    select * from {{ ref('stg_purchases') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

rates as (

    select * from {{ ref('int_unit_rates') }}

),

identified as (

    select
        purchases.*,
        identities.item_id,
        coalesce(rates.rate, 1) as rate,
        (rates.product_id is not null and rates.rate is null)
        or not ({{ is_sold_in_one_unit('identities') }}) as is_other_unit

    from purchases

    inner join identities
        on {{ same_naming('purchases', 'identities') }}

    left join rates
        on {{ same_unit('purchases', 'identities') }}

),

-- In the unit the product is sold in. What does not convert says nothing of its pieces.
counted as (

    select
        dataset_id,
        purchase_line_id,
        item_id,
        supplier,
        document_type,
        purchase_date,
        {{ in_unit_sold('quantity', 'rate') }} as quantity,
        {{ cost_of_unit_sold('unit_cost', 'rate') }} as unit_cost

    from identified

    where not is_other_unit

)

select
    dataset_id,
    purchase_line_id,
    item_id as product_id,
    supplier,
    document_type,
    quantity,
    case when document_type = 'purchase_return' then -quantity else quantity end
        as received_quantity,
    unit_cost,
    purchase_date

from counted
