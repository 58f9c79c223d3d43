with

positions as (

    select * from {{ ref('int_stock_positions') }}

),

windows as (

    select * from {{ ref('int_stock_windows') }}

),

purchases as (

    select * from {{ ref('int_purchases') }}

),

product_days as (

    select * from {{ ref('int_product_days') }}

),

-- Only a product whose purchases are known can be counted back: from the day of the count, be it
-- after the as-of day.
traced as (

    select
        windows.dataset_id,
        windows.product_id,
        windows.window_start,
        windows.as_of_date,
        positions.current_stock,
        positions.counted_on

    from windows

    inner join positions
        on windows.dataset_id = positions.dataset_id and windows.product_id = positions.product_id

    where exists (
        select 1 from purchases
        where
            windows.dataset_id = purchases.dataset_id
            and windows.product_id = purchases.product_id
    )

),

movements as (

    select
        dataset_id,
        product_id,
        purchase_date as movement_date,
        received_quantity as change,
        0 as units_sold

    from purchases

    union all

    select
        dataset_id,
        product_id,
        sale_date as movement_date,
        -quantity as change,
        units_sold

    from product_days

    union all

    -- a day without a movement, so that the window's first days have a balance
    select
        dataset_id,
        product_id,
        window_start as movement_date,
        0 as change,
        0 as units_sold

    from traced

),

days as (

    select
        traced.dataset_id,
        traced.product_id,
        traced.window_start,
        traced.as_of_date,
        traced.current_stock,
        traced.counted_on,
        movements.movement_date,
        sum(movements.change) as change,
        sum(movements.units_sold) as units_sold

    from traced

    inner join movements
        on
            traced.dataset_id = movements.dataset_id
            and traced.product_id = movements.product_id
            and greatest(traced.as_of_date, traced.counted_on) >= movements.movement_date

    group by
        traced.dataset_id, traced.product_id, traced.window_start, traced.as_of_date,
        traced.current_stock, traced.counted_on, movements.movement_date

),

accumulated as (

    select
        *,
        sum(change) over (
            partition by dataset_id, product_id
            order by movement_date asc nulls last
            rows between unbounded preceding and current row
        ) as change_so_far,
        sum(case when movement_date <= counted_on then change else 0 end) over (
            partition by dataset_id, product_id
        ) as change_until_count,
        lead(movement_date) over (
            partition by dataset_id, product_id order by movement_date asc nulls last
        ) as next_movement_date

    from days

)

select
    dataset_id,
    product_id,
    cast(current_stock - change_until_count + change_so_far as decimal(18, 3)) as balance,
    cast(units_sold as decimal(18, 3)) as units_sold,
    movement_date >= window_start as is_in_window,
    movement_date as valid_from,
    least(coalesce({{ add_days('next_movement_date', -1) }}, as_of_date), as_of_date) as valid_to

from accumulated

where movement_date <= as_of_date
