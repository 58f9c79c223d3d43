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

seasons as (

    select * from {{ ref('int_stock_seasons') }}

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
        velocity.units_sold_90d,
        velocity.days_available_90d,
        velocity.daily_sales,
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
        seasons.is_off_season,
        datasets.as_of_date

    from positions

    inner join products
        on positions.dataset_id = products.dataset_id and positions.product_id = products.product_id

    inner join datasets
        on positions.dataset_id = datasets.dataset_id

    left join velocity
        on positions.dataset_id = velocity.dataset_id and positions.product_id = velocity.product_id

    left join seasons
        on positions.dataset_id = seasons.dataset_id and positions.product_id = seasons.product_id

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
            when is_off_season then 'off_season'
            when idle_days >= {{ var('dead_stock_days') }} and last_sale_date is null
                then 'never_sold'
            when idle_days >= {{ var('dead_stock_days') }} then 'dead'
            when known_days < {{ var('new_product_days') }} then 'new'
            else 'active'
        end as stock_state,
        -- nothing sold in the last days on sale: no part of the stock is covered by sales
        case
            when daily_sales is not null
                then {{ fixed('greatest(cast(current_stock as double) - ' ~ quotient(
                    var('excess_cover_days') ~ ' * greatest(units_sold_90d, 0)',
                    'days_available_90d'
                ) ~ ', 0)', 3) }}
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
    excess_quantity,
    {{ money('cast(excess_quantity as decimal(28, 3)) * unit_cost') }} as excess_value,
    stock_state in ('dead', 'never_sold') as is_dead_stock

from judged

order by dataset_id, product_id
