{{ config(materialized='view') }}

-- The lines themselves, for who asks about one; the answers are summed from int_sales_days.
with

sales as (

    select * from {{ ref('stg_sales') }}

),

names as (

    select * from {{ ref('int_product_names') }}

),

items as (

    select * from {{ ref('int_item_costs') }}

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
            and case when sales.product_id is null then sales.product_name_key end = names.product_name_key

),

costed as (

    select
        identified.*,
        items.line_kind,
        items.category as item_category,
        items.item_cost,
        case
            when purchase_costs.unit_cost <= coalesce(items.highest_cost, purchase_costs.unit_cost)
                then purchase_costs.unit_cost
        end as purchase_cost

    from identified

    left join items
        on
            identified.dataset_id = items.dataset_id
            and identified.item_id = items.product_id

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
    sheet,
    row_number,
    transaction_id,
    customer_id,
    item_id as product_id,
    coalesce(item_category, 'Uncategorised') as category,
    document_type,
    coalesce(line_kind, 'product') as line_kind,
    quantity,
    net_revenue,
    cast(
        coalesce(
            line_cost,
            cast(coalesce(purchase_cost, item_cost) as decimal(19, 4)) * cast(quantity as decimal(18, 3))
        ) as decimal(28, 7)
    ) as line_cost,
    case
        when line_cost is not null then 'line'
        when purchase_cost is not null then 'purchases'
        when item_cost is not null then 'item'
    end as cost_basis,
    sale_date,
    {{ month_of('sale_date') }} as month

from costed
