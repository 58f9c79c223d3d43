with

inventory as (

    select * from {{ ref('stg_inventory') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

identified as (

    select
        inventory.dataset_id,
        inventory.source_file_id,
        inventory.sheet,
        inventory.row_number,
        coalesce(inventory.store, '') as store,
        identities.item_id as product_id,
        inventory.quantity,
        inventory.unit_cost,
        inventory.reorder_level,
        inventory.stock_date,
        max(inventory.stock_date) over (
            partition by
                inventory.source_file_id, inventory.sheet, inventory.store, identities.item_id,
                inventory.batch
        ) as newest_date

    from inventory

    inner join identities
        on {{ same_naming('inventory', 'identities') }}

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
