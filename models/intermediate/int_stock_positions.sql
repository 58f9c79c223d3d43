with

stock as (

    select * from {{ ref('int_stock') }}

),

products as (

    select * from {{ ref('int_products') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

layers as (

    select * from {{ ref('int_layers_left') }}

),

-- before its first list nobody counted, so that what it names may have been there all along
first_lists as (

    select
        dataset_id,
        min(list_date) as first_list_date

    from {{ ref('int_stock_lists') }}

    group by dataset_id

),

-- What is left of the layers says what a unit cost; if nothing should be left, the newest does.
layer_costs as (

    select
        dataset_id,
        product_id,
        {{ ratio('sum(cost_left)', 'sum(quantity_left)', 4) }} as unit_cost,
        max(case when is_newest then {{ ratio('cost', 'quantity', 4) }} end) as newest_cost

    from layers

    group by dataset_id, product_id

),

costed as (

    select
        stock.dataset_id,
        stock.product_id,
        stock.current_stock,
        stock.reorder_level,
        -- a cost of zero is a cost nobody entered
        coalesce(
            nullif(layer_costs.unit_cost, 0), nullif(products.item_cost, 0), layer_costs.newest_cost
        ) as unit_cost,
        coalesce(stock.stock_date, datasets.as_of_date) as counted_on,
        coalesce(
            {{ days_between('stock.stock_date', 'datasets.last_sale_date') }}
            > {{ var('stale_stock_days') }},
            false
        ) as is_stale,
        stock.stock_date,
        -- what no file dates has been there since the shop's first sale, for all we know
        least(
            case
                when
                    products.last_sale_date is null
                    and products.last_receipt_date is null
                    and products.first_seen_date <= first_lists.first_list_date
                    then coalesce(datasets.first_sale_date, products.first_seen_date)
                else coalesce(
                    products.first_seen_date, datasets.first_sale_date, datasets.as_of_date
                )
            end,
            datasets.as_of_date
        ) as known_since

    from stock

    inner join datasets
        on stock.dataset_id = datasets.dataset_id

    inner join products
        on stock.dataset_id = products.dataset_id and stock.product_id = products.product_id

    left join first_lists
        on stock.dataset_id = first_lists.dataset_id

    left join layer_costs
        on
            stock.dataset_id = layer_costs.dataset_id
            and stock.product_id = layer_costs.product_id

)

select
    dataset_id,
    product_id,
    current_stock,
    reorder_level,
    unit_cost,
    {{ money(product('current_stock', 3, 'unit_cost')) }} as stock_value,
    is_stale,
    counted_on,
    stock_date,
    known_since

from costed
