with

purchase_days as (

    select
        dataset_id,
        product_id,
        purchase_date,
        sum(quantity) as quantity,
        sum(cast(cast(unit_cost as decimal(28, 4)) * quantity as decimal(18, 4))) as cost

    from {{ ref('int_purchases') }}

    where document_type = 'purchase' and unit_cost > 0 and quantity > 0

    group by dataset_id, product_id, purchase_date

),

accumulated as (

    select
        dataset_id,
        product_id,
        purchase_date,
        sum(quantity) over (
            partition by dataset_id, product_id
            order by purchase_date asc nulls last
            rows between unbounded preceding and current row
        ) as quantity,
        sum(cost) over (
            partition by dataset_id, product_id
            order by purchase_date asc nulls last
            rows between unbounded preceding and current row
        ) as cost,
        lead(purchase_date) over (
            partition by dataset_id, product_id order by purchase_date asc nulls last
        ) as next_purchase_date

    from purchase_days

)

select
    dataset_id,
    product_id,
    purchase_date as valid_from,
    next_purchase_date as valid_before,
    {{ ratio('cost', 'quantity', 4) }} as unit_cost

from accumulated
