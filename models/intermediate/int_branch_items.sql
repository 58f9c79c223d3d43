with

branch_days as (

    select
        *,
        {{ text_key('branch_name') }} as branch_key

    from {{ ref('int_branch_days') }}

),

branches as (

    select * from {{ ref('int_branches') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

rates as (

    select * from {{ ref('int_unit_rates') }}

),

items as (

    select * from {{ ref('int_items') }}

)

select
    branch_days.dataset_id,
    branches.branch_id,
    identities.item_id as product_id,
    items.line_kind,
    branch_days.quantity_sign,
    cast(
        sum({{ in_unit_sold('branch_days.quantity', 'coalesce(rates.rate, 1)') }}) as decimal(18, 3)
    ) as quantity,
    cast(sum(branch_days.revenue) as decimal(18, 4)) as revenue,
    sum(branch_days.line_count) as line_count,
    sum(branch_days.sold_line_count) as sold_line_count,
    branch_days.sale_date

from branch_days

inner join branches
    on
        branch_days.dataset_id = branches.dataset_id
        and branch_days.branch_key = branches.branch_id

inner join identities
    on {{ same_naming('branch_days', 'identities') }}

inner join items
    on branch_days.dataset_id = items.dataset_id and identities.item_id = items.product_id

left join rates
    on {{ same_unit('branch_days', 'identities') }}

group by
    branch_days.dataset_id, branches.branch_id, identities.item_id, items.line_kind,
    branch_days.quantity_sign, branch_days.sale_date
