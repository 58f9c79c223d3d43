with

positions as (

    select * from {{ ref('int_stock_positions') }}

    where current_stock > 0

),

products as (

    select * from {{ ref('int_products') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

velocity as (

    select * from {{ ref('inventory_velocity') }}

),

seasons as (

    select
        seasonality.dataset_id,
        seasonality.entity_id,
        seasonality.next_peak_month,
        profiles.is_peak_now

    from {{ ref('seasonality') }} as seasonality

    inner join {{ ref('int_season_profiles') }} as profiles
        on
            seasonality.dataset_id = profiles.dataset_id
            and seasonality.entity_type = profiles.entity_type
            and seasonality.entity_id = profiles.entity_id

    where seasonality.entity_type = 'product' and seasonality.verdict = 'confirmed'

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
        products.last_sale_date,
        products.last_receipt_date,
        products.first_seen_date,
        -- a product no file dates has been there since the shop's first sale, as far as anybody knows
        coalesce(products.first_seen_date, datasets.first_sale_date, datasets.as_of_date) as known_since,
        case
            when products.last_sale_date is not null
                then greatest(products.last_sale_date, coalesce(products.last_receipt_date, products.last_sale_date))
        end as last_moved_date,
        seasons.next_peak_month,
        seasons.is_peak_now,
        datasets.as_of_date

    from positions

    inner join products
        on positions.dataset_id = products.dataset_id and positions.product_id = products.product_id

    inner join datasets
        on positions.dataset_id = datasets.dataset_id

    left join seasons
        on positions.dataset_id = seasons.dataset_id and positions.product_id = seasons.entity_id

),

aged as (

    select
        *,
        cast({{ days_between('last_sale_date', 'as_of_date') }} as integer) as days_since_last_sale,
        cast({{ days_between('coalesce(last_moved_date, known_since)', 'as_of_date') }} as integer) as idle_days

    from dated

),

judged as (

    select
        aged.*,
        velocity.days_of_cover,
        case
            when aged.idle_days is null then 'unknown'
            when aged.idle_days <= 30 then '0-30'
            when aged.idle_days <= 60 then '31-60'
            when aged.idle_days <= 90 then '61-90'
            when aged.idle_days <= 180 then '91-180'
            when aged.idle_days <= 365 then '181-365'
            else 'over-365'
        end as idle_bucket,
        case
            when aged.idle_days is null then 'unknown'
            when
                not aged.is_peak_now
                and {{ days_between('aged.as_of_date', 'aged.next_peak_month') }} <= {{ var('off_season_days') }}
                then 'off_season'
            when aged.idle_days >= {{ var('dead_stock_days') }} and aged.last_sale_date is null then 'never_sold'
            when aged.idle_days >= {{ var('dead_stock_days') }} then 'dead'
            when {{ days_between('aged.known_since', 'aged.as_of_date') }} < {{ var('new_product_days') }} then 'new'
            else 'active'
        end as stock_state,
        -- nothing sold in the last days on sale: no part of the stock is covered by sales
        {{ fixed(
            'greatest(cast(aged.current_stock as double) - '
            ~ quotient(
                var('excess_cover_days') ~ ' * greatest(velocity.units_sold_90d, 0)', 'velocity.days_available_90d'
            ) ~ ', 0)', 3
        ) }} as stock_beyond_cover,
        velocity.daily_sales

    from aged

    left join velocity
        on aged.dataset_id = velocity.dataset_id and aged.product_id = velocity.product_id

),

valued as (

    select
        *,
        case when daily_sales is not null then stock_beyond_cover end as excess_quantity

    from judged

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
    {{ money('cast(excess_quantity as decimal(28, 3)) * unit_cost') }} as excess_value

from valued

order by dataset_id, product_id
