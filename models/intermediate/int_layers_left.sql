with

positions as (

    select * from {{ ref('int_cost_positions') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

-- The position after the newest issue: what lies before it is gone.
reached as (

    select
        dataset_id,
        product_id,
        coalesce(max(case when place = 1 then position end), 0) as position

    from (
        select
            positions.dataset_id,
            positions.product_id,
            positions.position,
            row_number() over (
                partition by positions.dataset_id, positions.product_id
                order by positions.movement_date desc nulls last, positions.phase desc nulls last
            ) as place
        from positions
        inner join datasets
            on
                positions.dataset_id = datasets.dataset_id
                and positions.movement_date <= datasets.as_of_date
        where not positions.is_layer
    ) as issues

    group by dataset_id, product_id

),

-- What is bought later is not known yet: before the first purchase there are no books.
left_over as (

    select
        positions.dataset_id,
        positions.product_id,
        positions.layer_number,
        max(positions.movement_date) over (
            partition by positions.dataset_id, positions.product_id
        ) as newest_purchase_date,
        positions.quantity,
        positions.cost,
        cast(
            least(
                greatest(
                    positions.position + positions.quantity - coalesce(reached.position, 0), 0
                ),
                positions.quantity
            ) as decimal(18, 3)
        ) as quantity_left,
        positions.movement_date as layer_date

    from positions

    inner join datasets
        on
            positions.dataset_id = datasets.dataset_id
            and coalesce(positions.movement_date, datasets.as_of_date) <= datasets.as_of_date

    left join reached
        on
            positions.dataset_id = reached.dataset_id
            and positions.product_id = reached.product_id

    where positions.is_layer

)

select
    dataset_id,
    product_id,
    layer_number,
    quantity,
    cost,
    quantity_left,
    {{ fixed(quotient(
        'cast(cost as double) * cast(quantity_left as double)', 'quantity'
    ), 6) }} as cost_left,
    layer_number = max(layer_number) over (partition by dataset_id, product_id) as is_newest,
    layer_date

from left_over

where newest_purchase_date is not null
