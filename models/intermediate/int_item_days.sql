with

days as (

    select * from {{ ref('int_sold_days') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

items as (

    select * from {{ ref('int_item_costs') }}

),

issue_costs as (

    select * from {{ ref('int_issue_costs') }}

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
        issue_costs.unit_cost as purchase_cost,
        coalesce(
            files_with_costs.source_file_id is not null
            and abs(identified.own_cost)
            > {{ product('items.highest_cost', 4, 'abs(identified.quantity)') }},
            false
        ) as is_own_cost_too_high

    from identified

    inner join items
        on identified.dataset_id = items.dataset_id and identified.item_id = items.product_id

    left join files_with_costs
        on identified.source_file_id = files_with_costs.source_file_id

    left join issue_costs
        on
            identified.dataset_id = issue_costs.dataset_id
            and identified.item_id = issue_costs.product_id
            and identified.sale_date = issue_costs.sale_date

),

filled as (

    select
        *,
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
    unit,
    line_kind,
    quantity_sign,
    cost_basis,
    is_own_cost_too_high,
    quantity,
    revenue,
    cast(
        case cost_basis
            when 'line' then own_cost
            when 'purchases'
                then cast({{ product('purchase_cost', 9, 'quantity') }} as decimal(28, 7))
            when 'item' then {{ product('item_cost', 4, 'quantity') }}
            else 0
        end as decimal(28, 7)
    ) as cost,
    line_count,
    sale_date

from filled
