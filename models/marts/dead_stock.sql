with

positions as (

    select * from {{ ref('int_stock_positions') }}

    where current_stock > 0

),

velocity as (

    select * from {{ ref('inventory_velocity') }}

),

products as (

    select * from {{ ref('int_products') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

demand as (

    select * from {{ ref('int_stock_demand') }}

),

dated as (

    select
        positions.dataset_id,
        positions.product_id,
        products.product_name,
        products.category,
        positions.current_stock,
        positions.unit_cost,
        positions.stock_value,
        velocity.daily_sales,
        coalesce(velocity.expected_units_180d, 0) as expected_units_180d,
        velocity.days_of_cover,
        products.last_sale_date,
        products.last_receipt_date,
        products.first_seen_date,
        positions.known_since,
        -- a receipt wakes what was sold before, not what never was; it may follow the last sale
        case
            when products.last_receipt_date > products.last_sale_date
                then least(products.last_receipt_date, datasets.as_of_date)
            else products.last_sale_date
        end as last_moved_date,
        demand.is_off_season,
        datasets.as_of_date

    from positions

    inner join products
        on positions.dataset_id = products.dataset_id and positions.product_id = products.product_id

    inner join datasets
        on positions.dataset_id = datasets.dataset_id

    left join velocity
        on positions.dataset_id = velocity.dataset_id and positions.product_id = velocity.product_id

    left join demand
        on positions.dataset_id = demand.dataset_id and positions.product_id = demand.product_id

),

aged as (

    select
        *,
        cast({{ days_between('last_sale_date', 'as_of_date') }} as integer) as days_since_last_sale,
        cast({{ days_between('coalesce(last_moved_date, known_since)', 'as_of_date') }} as integer)
            as idle_days,
        {{ days_between('known_since', 'as_of_date') }} as known_days

    from dated

),

judged as (

    select
        *,
        case
            when idle_days is null then 'unknown'
            when idle_days <= 30 then '0-30'
            when idle_days <= 60 then '31-60'
            when idle_days <= 90 then '61-90'
            when idle_days <= 180 then '91-180'
            when idle_days <= 365 then '181-365'
            else 'over-365'
        end as idle_bucket,
        case
            when idle_days is null then 'unknown'
            when known_days < {{ var('new_product_days') }} then 'new'
            when idle_days < {{ var('dead_stock_days') }} then 'active'
            when last_sale_date is null then 'never_sold'
            when is_off_season then 'off_season'
            when expected_units_180d < {{ var('dead_stock_share') }} * current_stock then 'dead'
            else 'active'
        end as stock_state,
        -- what the coming days need is no excess; without a rate nobody knows
        case
            when daily_sales is not null then greatest(current_stock - expected_units_180d, 0)
        end as excess_quantity

    from aged

)

select
    dataset_id,
    product_id,
    product_name,
    category,
    current_stock,
    unit_cost,
    stock_value as estimated_value,
    last_sale_date,
    last_receipt_date,
    first_seen_date,
    days_since_last_sale,
    idle_days,
    idle_bucket,
    stock_state,
    days_of_cover,
    expected_units_180d,
    cast(excess_quantity as decimal(18, 3)) as excess_quantity,
    {{ money(product('excess_quantity', 3, 'unit_cost')) }} as excess_value,
    stock_state in ('dead', 'never_sold') as is_dead_stock

from judged

order by dataset_id, product_id
