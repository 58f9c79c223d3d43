with

items as (

    select * from {{ ref('int_item_costs') }}

),

purchases as (

    select * from {{ ref('int_purchases') }}

),

stock as (

    select * from {{ ref('int_stock') }}

),

days as (

    select * from {{ ref('int_sold_days') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

bought as (

    select
        purchases.dataset_id,
        purchases.product_id,
        1 as phase,
        cast(sum(purchases.quantity) as decimal(18, 3)) as quantity,
        cast(sum({{ product('purchases.unit_cost', 4, 'purchases.quantity') }}) as decimal(28, 7))
            as cost,
        purchases.purchase_date as movement_date

    from purchases

    inner join items
        on purchases.dataset_id = items.dataset_id and purchases.product_id = items.product_id

    where
        purchases.document_type = 'purchase'
        and purchases.quantity > 0
        and purchases.unit_cost > 0
        and purchases.unit_cost <= coalesce(items.highest_cost, purchases.unit_cost)

    group by purchases.dataset_id, purchases.product_id, purchases.purchase_date

),

taken as (

    select
        days.dataset_id,
        identities.item_id as product_id,
        3 as phase,
        cast(sum(days.quantity) as decimal(18, 3)) as quantity,
        cast(null as decimal(28, 7)) as cost,
        days.sale_date as movement_date

    from days

    inner join identities
        on {{ same_naming('days', 'identities') }}

    where
        exists (
            select 1 from bought
            where days.dataset_id = bought.dataset_id and identities.item_id = bought.product_id
        )

    group by days.dataset_id, identities.item_id, days.sale_date

    union all

    select
        purchases.dataset_id,
        purchases.product_id,
        2 as phase,
        cast(sum(purchases.quantity) as decimal(18, 3)) as quantity,
        cast(null as decimal(28, 7)) as cost,
        purchases.purchase_date as movement_date

    from purchases

    where purchases.document_type = 'purchase_return'

    group by purchases.dataset_id, purchases.product_id, purchases.purchase_date

),

-- What was counted, and what left until then less what came, was there before.
opened as (

    select
        stock.dataset_id,
        stock.product_id,
        0 as phase,
        cast(stock.current_stock + sum(
            case when moved.phase = 1 then -moved.quantity else moved.quantity end
        ) as decimal(18, 3)) as quantity,
        cast(null as date) as movement_date

    from stock

    inner join (
        select * from taken
        union all
        select * from bought
    ) as moved
        on
            stock.dataset_id = moved.dataset_id
            and stock.product_id = moved.product_id
            and moved.movement_date <= coalesce(stock.stock_date, moved.movement_date)

    group by stock.dataset_id, stock.product_id, stock.current_stock

)

select * from bought

union all

select * from taken

union all

select
    opened.dataset_id,
    opened.product_id,
    opened.phase,
    opened.quantity,
    cast({{ product('items.item_cost', 4, 'opened.quantity') }} as decimal(28, 7)) as cost,
    opened.movement_date

from opened

inner join items
    on opened.dataset_id = items.dataset_id and opened.product_id = items.product_id

where opened.quantity > 0 and items.item_cost > 0
