with

usual_days as (

    select * from {{ ref('int_usual_days') }}

),

base_days as (

    select * from {{ ref('int_base_days') }}

),

off_days as (

    select * from {{ ref('int_off_days') }}

    where is_out_of_stock and is_open and days_ago < 365

),

products as (

    select * from {{ ref('int_products') }}

    where first_sale_date is not null

),

windows as (

    select
        dataset_id,
        min(day) as first_day,
        max(open_index) as last_index

    from base_days

    where days_ago < {{ var('demand_level_days') }}

    group by dataset_id

),

recent as (

    select
        usual_days.dataset_id,
        usual_days.product_id,
        sum(usual_days.usual_quantity) as units,
        sum(usual_days.bulk_quantity) as bulk_quantity,
        sum({{ product('usual_days.usual_quantity', 3, 'usual_days.usual_quantity') }}) as squares

    from usual_days

    inner join windows
        on
            usual_days.dataset_id = windows.dataset_id
            and usual_days.sale_date >= windows.first_day

    group by usual_days.dataset_id, usual_days.product_id

),

out_of_stock as (

    select
        dataset_id,
        product_id,
        count(*) as off_days_365d,
        count(case when days_ago < {{ var('demand_level_days') }} then 1 end) as off_days

    from off_days

    group by dataset_id, product_id

),

on_sale as (

    select
        products.dataset_id,
        products.product_id,
        windows.last_index - first_days.open_index
        + case when first_days.is_open then 1 else 0 end as open_days

    from products

    inner join windows
        on products.dataset_id = windows.dataset_id

    inner join base_days as first_days
        on
            products.dataset_id = first_days.dataset_id
            and first_days.day = greatest(products.first_sale_date, windows.first_day)

),

counted as (

    select
        on_sale.dataset_id,
        on_sale.product_id,
        coalesce(recent.units, 0) as units,
        coalesce(recent.squares, 0) as squares,
        coalesce(recent.bulk_quantity, 0) as bulk_quantity,
        coalesce(out_of_stock.off_days_365d, 0) as off_days_365d,
        on_sale.open_days - coalesce(out_of_stock.off_days, 0) as days

    from on_sale

    left join recent
        on on_sale.dataset_id = recent.dataset_id and on_sale.product_id = recent.product_id

    left join out_of_stock
        on
            on_sale.dataset_id = out_of_stock.dataset_id
            and on_sale.product_id = out_of_stock.product_id

)

select
    dataset_id,
    product_id,
    cast(units as decimal(18, 3)) as usual_units_90d,
    cast(bulk_quantity as decimal(18, 3)) as bulk_quantity_90d,
    cast(days as integer) as sale_days_90d,
    cast(off_days_365d as integer) as out_of_stock_days_365d,
    case
        when days >= {{ var('min_sales_days') }}
            then {{ quotient('greatest(units, 0)', 'days') }}
    end as daily_rate,
    case
        when days >= {{ var('min_sales_days') }}
            then greatest({{ quotient(
                'squares - ' ~ quotient('power(cast(units as double), 2)', 'days'), 'days - 1'
            ) }}, 0)
    end as daily_variance

from counted
