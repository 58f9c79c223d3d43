with

days as (

    select * from {{ ref('int_sales_days') }}

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
        days.*,
        coalesce(days.product_id, names.product_id, days.product_name_key) as item_id

    from days

    left join names
        on
            days.dataset_id = names.dataset_id
            and days.product_name_key = names.product_name_key

),

-- one day of a product may stand in several files
item_days as (

    select
        dataset_id,
        item_id as product_id,
        sum(quantity) as quantity,
        sum(units_sold) as units_sold,
        sum(revenue) as revenue,
        coalesce(sum(own_cost), 0) as own_cost,
        sum(own_cost_revenue) as own_cost_revenue,
        sum(open_quantity) as open_quantity,
        cast(sum(line_count) as bigint) as line_count,
        cast(sum(own_cost_line_count) as bigint) as own_cost_line_count,
        cast(sum(return_line_count) as bigint) as return_line_count,
        sale_date

    from identified

    group by dataset_id, item_id, sale_date

),

costed as (

    select
        item_days.*,
        items.line_kind,
        items.item_cost,
        case
            when purchase_costs.unit_cost <= coalesce(items.highest_cost, purchase_costs.unit_cost)
                then purchase_costs.unit_cost
        end as purchase_cost

    from item_days

    inner join items
        on item_days.dataset_id = items.dataset_id and item_days.product_id = items.product_id

    left join purchase_costs
        on
            item_days.dataset_id = purchase_costs.dataset_id
            and item_days.product_id = purchase_costs.product_id
            and item_days.sale_date >= purchase_costs.valid_from
            and (
                purchase_costs.valid_before is null
                or item_days.sale_date < purchase_costs.valid_before
            )

),

filled as (

    select
        *,
        coalesce(purchase_cost, item_cost) as open_cost,
        line_count - own_cost_line_count as open_line_count

    from costed

)

select
    dataset_id,
    product_id,
    line_kind,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(units_sold as decimal(18, 3)) as units_sold,
    cast(revenue as decimal(18, 4)) as revenue,
    cast(case when open_cost is not null then revenue else own_cost_revenue end as decimal(18, 4))
        as revenue_with_cost,
    -- seven places hold cost times quantity exactly, so that it is the same by line, by day and by file
    cast(
        own_cost
        + coalesce(cast(open_cost as decimal(19, 4)) * cast(open_quantity as decimal(18, 3)), 0) as decimal(28, 7)
    ) as cost,
    line_count,
    own_cost_line_count + case when open_cost is not null then open_line_count else 0 end as costed_line_count,
    return_line_count,
    own_cost_line_count,
    case when purchase_cost is not null then open_line_count else 0 end as purchase_cost_line_count,
    case when purchase_cost is null and item_cost is not null then open_line_count else 0 end as item_cost_line_count,
    sale_date,
    {{ month_of('sale_date') }} as month

from filled
