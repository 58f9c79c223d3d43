with

positions as (

    select * from {{ ref('int_branch_positions') }}

),

branches as (

    select * from {{ ref('int_branches') }}

),

products as (

    select * from {{ ref('int_products') }}

),

costs as (

    select * from {{ ref('int_stock_positions') }}

),

expected as (

    select
        *,
        case when current_stock >= 0 and not is_stale then current_stock end as usable_stock,
        {{ fixed('expected_units_30d * demand_share', 3) }} as branch_units_30d,
        -- halfway between the two that are known
        {{ fixed('0.5 * (expected_units_30d + expected_units_90d) * demand_share', 3) }}
            as branch_units_60d

    from positions

),

-- Who has less than sells until a delivery can arrive lacks a month; who has more than two
-- months sell has the rest to spare.
weighed as (

    select
        *,
        case
            when 30 * usable_stock < lead_time_days * branch_units_30d
                then ceil(branch_units_30d - usable_stock)
            else 0
        end as units_lacking,
        coalesce(greatest(floor(usable_stock - branch_units_60d), 0), 0) as units_to_spare

    from expected

),

-- The branch with the most to spare gives, first to the one that lacks most.
queued as (

    select
        *,
        first_value(branch_id) over (
            partition by dataset_id, product_id
            order by units_to_spare desc nulls last, branch_id asc nulls last
        ) as giver_id,
        max(units_to_spare) over (partition by dataset_id, product_id) as most_to_spare,
        coalesce(sum(units_lacking) over (
            partition by dataset_id, product_id
            order by units_lacking desc nulls last, branch_id asc nulls last
            rows between unbounded preceding and 1 preceding
        ), 0) as units_lacking_before

    from weighed

),

shared as (

    select
        *,
        greatest(least(units_lacking, most_to_spare - units_lacking_before), 0) as units_to_take

    from queued

)

select
    shared.dataset_id,
    shared.branch_id,
    branches.branch_name,
    shared.product_id,
    products.product_name,
    products.category,
    cast(shared.units_sold_90d as decimal(18, 3)) as units_sold_90d,
    {{ money('shared.revenue_90d') }} as revenue_90d,
    cast(shared.units_sold_365d as decimal(18, 3)) as units_sold_365d,
    {{ money('shared.revenue_365d') }} as revenue_365d,
    cast(row_number() over (
        partition by shared.dataset_id, shared.branch_id
        order by shared.revenue_365d desc nulls last, shared.product_id asc nulls last
    ) as integer) as rank_by_revenue,
    shared.last_sale_date,
    cast(shared.idle_days as integer) as idle_days,
    cast(shared.current_stock as decimal(18, 3)) as current_stock,
    {{ money(product(
        'case when shared.current_stock < 0 then 0 else shared.current_stock end', 3,
        'costs.unit_cost'
    )) }} as stock_value,
    shared.branch_units_30d as expected_units_30d,
    shared.branch_units_60d as expected_units_60d,
    case
        when shared.usable_stock is null then 'unknown'
        when shared.usable_stock = 0 and shared.branch_units_30d > 0 then 'out'
        when shared.units_lacking > 0 then 'short'
        when shared.units_to_spare > 0 then 'plenty'
        else 'enough'
    end as branch_state,
    cast(shared.units_lacking as decimal(18, 3)) as units_lacking,
    cast(shared.units_to_spare as decimal(18, 3)) as units_to_spare,
    case when shared.units_to_take > 0 then shared.giver_id end as take_from_branch_id,
    case when shared.units_to_take > 0 then givers.branch_name end as take_from_branch_name,
    cast(shared.units_to_take as decimal(18, 3)) as units_to_take

from shared

inner join branches
    on shared.dataset_id = branches.dataset_id and shared.branch_id = branches.branch_id

left join branches as givers
    on shared.dataset_id = givers.dataset_id and shared.giver_id = givers.branch_id

inner join products
    on shared.dataset_id = products.dataset_id and shared.product_id = products.product_id

left join costs
    on shared.dataset_id = costs.dataset_id and shared.product_id = costs.product_id

order by shared.dataset_id, shared.branch_id, shared.product_id
