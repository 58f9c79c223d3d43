with

items as (

    select * from {{ ref('int_items') }}

),

stock as (

    select * from {{ ref('int_stock') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

days as (

    select * from {{ ref('int_sold_days') }}

),

-- Days are many, namings few: only these are looked up.
sold as (

    select
        dataset_id,
        product_id,
        product_name_key,
        sum(revenue) as revenue,
        sum(quantity) as quantity

    from days

    where quantity_sign > 0

    group by dataset_id, product_id, product_name_key

),

average_prices as (

    select
        sold.dataset_id,
        identities.item_id as product_id,
        {{ ratio('sum(sold.revenue)', 'sum(sold.quantity)', 4) }} as average_price

    from sold

    inner join identities
        on {{ same_naming('sold', 'identities') }}

    group by sold.dataset_id, identities.item_id

),

-- A price list in another unit or a typing error gives a cost far above the price: that is not a
-- cost.
bounded as (

    select
        items.dataset_id,
        items.product_id,
        items.line_kind,
        items.category,
        average_prices.average_price * {{ var('max_cost_to_price') }} as highest_cost,
        coalesce(stock.unit_cost, items.list_cost) as item_cost

    from items

    left join stock
        on items.dataset_id = stock.dataset_id and items.product_id = stock.product_id

    left join average_prices
        on
            items.dataset_id = average_prices.dataset_id
            and items.product_id = average_prices.product_id

)

select
    dataset_id,
    product_id,
    line_kind,
    category,
    highest_cost,
    case when item_cost <= coalesce(highest_cost, item_cost) then item_cost end as item_cost

from bounded
