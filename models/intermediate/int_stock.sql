with

stock_rows as (

    select * from {{ ref('int_stock_rows') }}

),

-- A product that the lists in use no longer name is no longer in stock.
lists as (

    select * from {{ ref('int_stock_lists') }}

    where newer_file_id is null

)

select
    stock_rows.dataset_id,
    stock_rows.product_id,
    cast(sum(stock_rows.quantity) as decimal(18, 3)) as current_stock,
    -- batches are worth what each of them cost
    coalesce(
        {{ ratio(
            'sum(case when stock_rows.quantity > 0 then '
            ~ product('stock_rows.quantity', 3, 'stock_rows.unit_cost') ~ ' end)',
            'sum(case when stock_rows.quantity > 0 and stock_rows.unit_cost is not null '
            ~ 'then stock_rows.quantity end)',
            4
        ) }},
        max(stock_rows.unit_cost)
    ) as unit_cost,
    max(stock_rows.reorder_level) as reorder_level,
    max(lists.list_date) as stock_date

from stock_rows

inner join lists
    on
        stock_rows.source_file_id = lists.source_file_id
        and stock_rows.sheet = lists.sheet
        and stock_rows.store = lists.store

group by stock_rows.dataset_id, stock_rows.product_id
