with

inventory as (

    select * from {{ ref('stg_inventory') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

files as (

    select
        source_file_id,
        file_name

    from {{ ref('stg_source_files') }}

),

identified as (

    select
        inventory.dataset_id,
        identities.item_id as product_id,
        coalesce(inventory.store, '') as store,
        inventory.quantity,
        inventory.unit_cost,
        inventory.reorder_level,
        inventory.stock_date,
        files.file_name

    from inventory

    inner join identities
        on
            inventory.dataset_id = identities.dataset_id
            and inventory.product_id is not distinct from identities.product_id
            and inventory.product_name_key is not distinct from identities.product_name_key

    left join files
        on inventory.source_file_id = files.source_file_id

),

-- The newest list of each shop speaks; a product it no longer names is no longer in stock.
snapshots as (

    select
        dataset_id,
        store,
        file_name,
        row_number() over (
            partition by dataset_id, store
            order by max(stock_date) desc nulls last, file_name desc nulls last
        ) as recency,
        max(stock_date) as stock_date

    from identified

    group by dataset_id, store, file_name

),

latest as (

    select
        identified.dataset_id,
        identified.product_id,
        identified.quantity,
        identified.unit_cost,
        identified.reorder_level,
        snapshots.stock_date

    from identified

    inner join snapshots
        on
            identified.dataset_id = snapshots.dataset_id
            and identified.store = snapshots.store
            and identified.file_name = snapshots.file_name
            and snapshots.recency = 1

)

select
    dataset_id,
    product_id,
    cast(sum(quantity) as decimal(18, 3)) as current_stock,
    max(unit_cost) as unit_cost,
    max(reorder_level) as reorder_level,
    max(stock_date) as stock_date

from latest

group by dataset_id, product_id
