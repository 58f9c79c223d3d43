with

inventory as (

    select * from {{ ref('stg_inventory') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

rates as (

    select * from {{ ref('int_unit_rates') }}

),

-- In the unit the product is sold in; what does not convert is no stock anybody can count on.
identified as (

    select
        inventory.dataset_id,
        inventory.source_file_id,
        inventory.sheet,
        inventory.row_number,
        coalesce(inventory.store, '') as store,
        identities.item_id as product_id,
        {{ in_unit_sold('inventory.quantity', 'coalesce(rates.rate, 1)') }} as quantity,
        {{ cost_of_unit_sold('inventory.unit_cost', 'coalesce(rates.rate, 1)') }} as unit_cost,
        {{ in_unit_sold('inventory.reorder_level', 'coalesce(rates.rate, 1)') }} as reorder_level,
        inventory.stock_date,
        max(inventory.stock_date) over (
            partition by
                inventory.source_file_id, inventory.sheet, inventory.store, identities.item_id,
                inventory.batch
        ) as newest_date

    from inventory

    inner join identities
        on {{ same_naming('inventory', 'identities') }}

    left join rates
        on {{ same_unit('inventory', 'identities') }}

    where
        (rates.product_id is null or rates.rate is not null)
        and {{ is_sold_in_one_unit('identities') }}

)

select
    dataset_id,
    source_file_id,
    sheet,
    row_number,
    store,
    product_id,
    quantity,
    unit_cost,
    reorder_level,
    stock_date

from identified

where stock_date is not distinct from newest_date
