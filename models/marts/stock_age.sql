with

positions as (

    select * from {{ ref('int_stock_positions') }}

    where current_stock > 0

),

layers as (

    select * from {{ ref('int_layers_left') }}

    where quantity_left > 0

),

products as (

    select * from {{ ref('int_products') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

-- The opening stock is at least as old as the shop's first sale; what was never bought has no age.
aged as (

    select
        positions.dataset_id,
        positions.product_id,
        positions.current_stock,
        positions.stock_value,
        layers.quantity_left,
        layers.cost_left,
        {{ days_between(
            'coalesce(layers.layer_date, datasets.first_sale_date)', 'datasets.as_of_date'
        ) }} as age_days,
        layers.product_id is not null as is_known

    from positions

    inner join datasets
        on positions.dataset_id = datasets.dataset_id

    left join layers
        on positions.dataset_id = layers.dataset_id and positions.product_id = layers.product_id

),

bucketed as (

    select
        *,
        case
            when not is_known or age_days is null then 'unknown'
            when age_days <= 30 then '0-30'
            when age_days <= 60 then '31-60'
            when age_days <= 90 then '61-90'
            when age_days <= 180 then '91-180'
            when age_days <= 365 then '181-365'
            else 'over-365'
        end as age_bucket

    from aged

),

summed as (

    select
        dataset_id,
        product_id,
        current_stock,
        stock_value,
        age_bucket,
        min(age_days) as age_days,
        coalesce(sum(quantity_left), 1) as quantity_left,
        coalesce(sum(cost_left), 1) as cost_left

    from bucketed

    group by dataset_id, product_id, current_stock, stock_value, age_bucket

),

-- Rounded as running totals, so that the parts come to the whole.
shared as (

    select
        *,
        {{ quotient('sum(quantity_left) over so_far', 'sum(quantity_left) over whole') }}
            as quantity_share,
        {{ quotient('sum(cost_left) over so_far', 'sum(cost_left) over whole') }} as cost_share

    from summed

    window
        whole as (partition by dataset_id, product_id),
        so_far as (
            partition by dataset_id, product_id
            order by age_days asc nulls last, age_bucket asc nulls last
            rows between unbounded preceding and current row
        )

),

totalled as (

    select
        *,
        {{ fixed('quantity_share * cast(current_stock as double)', 3) }} as quantity_so_far,
        {{ fixed('cost_share * cast(stock_value as double)', 2) }} as value_so_far

    from shared

)

select
    totalled.dataset_id,
    totalled.product_id,
    products.product_name,
    products.category,
    totalled.age_bucket,
    cast(
        totalled.quantity_so_far - coalesce(lag(totalled.quantity_so_far) over past, 0)
        as decimal(18, 3)
    ) as quantity,
    cast(
        totalled.value_so_far - coalesce(lag(totalled.value_so_far) over past, 0) as decimal(18, 2)
    ) as estimated_value

from totalled

inner join products
    on totalled.dataset_id = products.dataset_id and totalled.product_id = products.product_id

window
    past as (
        partition by totalled.dataset_id, totalled.product_id
        order by totalled.age_days asc nulls last, totalled.age_bucket asc nulls last
    )

order by totalled.dataset_id, totalled.product_id, totalled.age_bucket
