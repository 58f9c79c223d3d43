with

items as (

    select * from {{ ref('int_branch_items') }}

),

branches as (

    select * from {{ ref('int_branches') }}

),

item_days as (

    select * from {{ ref('int_item_days') }}

    where dataset_id in (select branches.dataset_id from branches)

),

-- What a piece cost on a day is the same in every branch.
day_costs as (

    select
        dataset_id,
        product_id,
        quantity_sign,
        cast(sum(quantity) as double) as quantity,
        cast(sum(cost) as double) as cost,
        sum(line_count) as line_count,
        sum(case when cost_basis is not null then line_count else 0 end) as costed_line_count,
        sale_date

    from item_days

    group by dataset_id, product_id, quantity_sign, sale_date

),

costed as (

    select
        items.dataset_id,
        items.branch_id,
        items.quantity,
        items.revenue,
        case
            when day_costs.costed_line_count = day_costs.line_count then items.revenue
            else {{ fixed(quotient(
                'cast(items.revenue as double) * day_costs.costed_line_count',
                'day_costs.line_count'
            ), 4) }}
        end as revenue_with_cost,
        coalesce({{ fixed(quotient(
            'cast(items.quantity as double) * day_costs.cost', 'day_costs.quantity'
        ), 4) }}, 0) as cost,
        items.line_count,
        case when day_costs.costed_line_count > 0 then items.line_count else 0 end
            as costed_line_count,
        {{ month_of('items.sale_date') }} as month

    from items

    inner join day_costs
        on
            items.dataset_id = day_costs.dataset_id
            and items.product_id = day_costs.product_id
            and items.quantity_sign = day_costs.quantity_sign
            and items.sale_date = day_costs.sale_date

)

select
    dataset_id,
    branch_id,
    {{ sales_sums() }},
    month

from costed

group by dataset_id, branch_id, month
