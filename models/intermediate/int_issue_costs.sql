with

positions as (

    select * from {{ ref('int_cost_positions') }}

),

layers as (

    select *

    from positions

    where is_layer

),

-- What all layers up to a position cost, and what the newest that had come by then costs.
valued as (

    select
        positions.dataset_id,
        positions.product_id,
        positions.phase,
        positions.quantity,
        positions.position,
        positions.movement_date,
        layers.cost_before + coalesce({{ quotient(
            'cast(positions.position - layers.position as double) * cast(layers.cost as double)',
            'layers.quantity'
        ) }}, 0) as cost_so_far,
        {{ quotient('newest.cost', 'newest.quantity') }} as last_cost

    from positions

    left join layers
        on
            positions.dataset_id = layers.dataset_id
            and positions.product_id = layers.product_id
            and positions.position_layer = layers.layer_number

    left join layers as newest
        on
            positions.dataset_id = newest.dataset_id
            and positions.product_id = newest.product_id
            and positions.layer_number = newest.layer_number

    where not positions.is_layer

),

stepped as (

    select
        *,
        position - coalesce(lag(position) over past, 0) as moved,
        coalesce(cost_so_far, 0) - coalesce(lag(cost_so_far) over past, 0) as cost_moved

    from valued

    window past as (
        partition by dataset_id, product_id
        order by movement_date asc nulls first, phase asc nulls last
    )

),

-- What no layer holds was sold at the last known cost; before the first layer none is known.
costed as (

    select
        dataset_id,
        product_id,
        quantity,
        last_cost,
        cost_moved + case when quantity = moved then 0 else (quantity - moved) * last_cost end
            as cost,
        movement_date

    from stepped

    where phase = 3

)

select
    dataset_id,
    product_id,
    {{ fixed('coalesce(' ~ quotient('cost', 'quantity') ~ ', last_cost)', 9) }} as unit_cost,
    movement_date as sale_date

from costed

where coalesce({{ quotient('cost', 'quantity') }}, last_cost) is not null
