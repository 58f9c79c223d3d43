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

purchase_costs as (

    select * from {{ ref('int_purchase_costs') }}

),

-- before its first list nobody counted, so that what it names may have been there all along
first_lists as (

    select
        dataset_id,
        min(list_date) as first_list_date

    from {{ ref('int_stock_lists') }}

    group by dataset_id

),

costed as (

    select
        stock.dataset_id,
        stock.product_id,
        stock.current_stock,
        stock.reorder_level,
        -- a cost of zero is a cost nobody entered
        coalesce(nullif(products.item_cost, 0), nullif(purchase_costs.unit_cost, 0)) as unit_cost,
        coalesce(stock.stock_date, datasets.as_of_date) as counted_on,
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

    left join purchase_costs
        on
            stock.dataset_id = purchase_costs.dataset_id
            and stock.product_id = purchase_costs.product_id
            and datasets.as_of_date >= purchase_costs.valid_from
            and (
                purchase_costs.valid_before is null
                or datasets.as_of_date < purchase_costs.valid_before
            )

)

select
    dataset_id,
    product_id,
    current_stock,
    reorder_level,
    unit_cost,
    -- one factor is wide: 18 digits times 18 digits overflow on DuckDB
    {{ money('cast(current_stock as decimal(28, 3)) * unit_cost') }} as stock_value,
    counted_on,
    stock_date,
    known_since

from costed
