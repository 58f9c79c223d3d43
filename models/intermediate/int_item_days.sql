with

days as (

    select * from {{ ref('int_sales_days') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

items as (

    select * from {{ ref('int_item_costs') }}

),

purchase_costs as (

    select * from {{ ref('int_purchase_costs') }}

),

-- A cost worked out from a profit the file states is as good as that profit.
files_with_costs as (

    -- distinct: a workbook has the column once in each of its sheets
    select distinct source_file_id

    from {{ ref('stg_columns') }}

    where field in ('unit_cost', 'line_cost')

),

identified as (

    select
        days.*,
        identities.item_id

    from days

    inner join identities
        on {{ same_naming('days', 'identities') }}

),

costed as (

    select
        identified.*,
        items.line_kind,
        items.item_cost,
        case
            when purchase_costs.unit_cost <= coalesce(items.highest_cost, purchase_costs.unit_cost)
                then purchase_costs.unit_cost
        end as purchase_cost,
        coalesce(
            files_with_costs.source_file_id is not null
            and abs(identified.own_cost) > items.highest_cost * abs(identified.quantity),
            false
        ) as is_own_cost_too_high

    from identified

    inner join items
        on identified.dataset_id = items.dataset_id and identified.item_id = items.product_id

    left join files_with_costs
        on identified.source_file_id = files_with_costs.source_file_id

    left join purchase_costs
        on
            identified.dataset_id = purchase_costs.dataset_id
            and identified.item_id = purchase_costs.product_id
            and identified.sale_date >= purchase_costs.valid_from
            and (
                purchase_costs.valid_before is null
                or identified.sale_date < purchase_costs.valid_before
            )

),

filled as (

    select
        *,
        coalesce(purchase_cost, item_cost) as unit_cost,
        case
            when has_own_cost and not is_own_cost_too_high then 'line'
            when purchase_cost is not null then 'purchases'
            when item_cost is not null then 'item'
        end as cost_basis

    from costed

)

select
    dataset_id,
    source_file_id,
    item_id as product_id,
    product_id as product_code,
    product_name_key,
    line_kind,
    quantity_sign,
    cost_basis,
    is_own_cost_too_high,
    quantity,
    revenue,
    -- seven places hold cost times quantity exactly, so that it is the same by line, by day and by
    -- file
    cast(
        case
            when cost_basis = 'line' then own_cost
            else coalesce(cast(unit_cost as decimal(19, 4)) * quantity, 0)
        end as decimal(28, 7)
    ) as cost,
    line_count,
    sale_date

from filled
