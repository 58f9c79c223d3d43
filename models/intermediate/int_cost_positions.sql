-- Layers lie end to end by quantity. Each day's issues move the position along them; what is sold
-- beyond all that had come by then is no part of them, and what comes later is not used up by it.
with

movements as (

    select * from {{ ref('int_stock_movements') }}

),

totalled as (

    select
        *,
        phase < 2 as is_layer,
        sum(case when phase < 2 then quantity else 0 end) over past as received,
        sum(case when phase < 2 then cost else 0 end) over past as received_cost,
        sum(case when phase < 2 then 1 else 0 end) over past as layer_number,
        sum(case when phase < 2 then 0 else quantity end) over past as issued

    from movements

    window past as (
        partition by dataset_id, product_id
        order by movement_date asc nulls first, phase asc nulls last
        rows between unbounded preceding and current row
    )

),

bounded as (

    select
        *,
        max(greatest(issued - received, 0)) over (
            partition by dataset_id, product_id
            order by movement_date asc nulls first, phase asc nulls last
            rows between unbounded preceding and current row
        ) as beyond

    from totalled

),

placed as (

    select
        *,
        -- returns of what was sold before the files begin move nothing
        case when is_layer then received - quantity else greatest(issued - beyond, 0) end
            as position

    from bounded

),

-- The layer a position lies in is the last that begins at or before it.
found as (

    select
        *,
        max(case when is_layer then layer_number end) over (
            partition by dataset_id, product_id
            order by
                position asc nulls last, is_layer desc nulls last, movement_date asc nulls first,
                phase asc nulls last
            rows between unbounded preceding and current row
        ) as position_layer

    from placed

)

select
    dataset_id,
    product_id,
    phase,
    is_layer,
    cast(layer_number as integer) as layer_number,
    cast(position_layer as integer) as position_layer,
    quantity,
    cost,
    -- of a layer: where it begins, and what all before it cost
    cast(position as decimal(18, 3)) as position,
    cast(
        cast(received_cost as decimal(28, 7)) - coalesce(cost, 0) as decimal(28, 7)
    ) as cost_before,
    movement_date

from found
