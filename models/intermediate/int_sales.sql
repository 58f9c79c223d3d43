with

sales as (

    select * from {{ ref('stg_sales') }}

),

names as (

    select * from {{ ref('int_product_names') }}

),

items as (

    select * from {{ ref('int_items') }}

),

stock as (

    select * from {{ ref('int_stock') }}

),

purchase_costs as (

    select * from {{ ref('int_purchase_costs') }}

),

identified as (

    select
        sales.*,
        coalesce(sales.product_id, names.product_id, sales.product_name_key) as item_id

    from sales

    left join names
        on
            sales.dataset_id = names.dataset_id
            and sales.product_name_key = names.product_name_key

),

average_prices as (

    select
        dataset_id,
        item_id,
        {{ ratio('sum(net_revenue)', 'sum(quantity)', 4) }} as average_price

    from identified

    where quantity > 0

    group by dataset_id, item_id

),

-- A price list in another unit or a typing error gives a cost far above the price: that is not a cost.
believable as (

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
        on items.dataset_id = average_prices.dataset_id and items.product_id = average_prices.item_id

),

costed as (

    select
        identified.dataset_id,
        identified.sale_line_id,
        identified.source_file_id,
        identified.transaction_id,
        identified.customer_id,
        identified.item_id as product_id,
        identified.document_type,
        identified.quantity,
        identified.net_revenue,
        identified.line_cost as own_cost,
        case
            when purchase_costs.unit_cost <= coalesce(believable.highest_cost, purchase_costs.unit_cost)
                then purchase_costs.unit_cost
        end as purchase_cost,
        case
            when believable.item_cost <= coalesce(believable.highest_cost, believable.item_cost)
                then believable.item_cost
        end as item_cost,
        coalesce(believable.line_kind, 'product') as line_kind,
        coalesce(believable.category, 'Uncategorised') as category,
        identified.sale_date

    from identified

    left join believable
        on
            identified.dataset_id = believable.dataset_id
            and identified.item_id = believable.product_id

    left join purchase_costs
        on
            identified.dataset_id = purchase_costs.dataset_id
            and identified.item_id = purchase_costs.product_id
            and identified.sale_date >= purchase_costs.valid_from
            and (
                purchase_costs.valid_before is null
                or identified.sale_date < purchase_costs.valid_before
            )

)

select
    dataset_id,
    sale_line_id,
    source_file_id,
    transaction_id,
    customer_id,
    product_id,
    category,
    document_type,
    line_kind,
    quantity,
    net_revenue,
    case
        when own_cost is not null then own_cost
        when purchase_cost is not null then cast(cast(purchase_cost as decimal(28, 4)) * quantity as decimal(18, 4))
        when item_cost is not null then cast(cast(item_cost as decimal(28, 4)) * quantity as decimal(18, 4))
    end as line_cost,
    case
        when own_cost is not null then 'line'
        when purchase_cost is not null then 'purchases'
        when item_cost is not null then 'item'
    end as cost_basis,
    sale_date,
    {{ month_of('sale_date') }} as month

from costed
