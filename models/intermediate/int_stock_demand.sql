-- The stock walked along the expected demand, step by step; within a step demand is even.
with

steps as (

    select * from {{ ref('int_demand_steps') }}

),

positions as (

    select * from {{ ref('int_stock_positions') }}

),

lead_times as (

    select * from {{ ref('int_lead_times') }}

),

levels as (

    select * from {{ ref('int_demand_levels') }}

),

totalled as (

    select
        dataset_id,
        product_id,
        step,
        min(demand_basis) as demand_basis,
        sum(expected_units) as units,
        sum(sum(expected_units)) over (
            partition by dataset_id, product_id order by step asc nulls last
            rows between unbounded preceding and current row
        ) as units_so_far

    from steps

    group by dataset_id, product_id, step

),

walked as (

    select
        totalled.*,
        positions.current_stock,
        lead_times.lead_time_days,
        (totalled.step - 1) * {{ var('demand_step_days') }} as days_before,
        {{ quotient(
            'lead_times.lead_time_days - (totalled.step - 1) * ' ~ var('demand_step_days'),
            var('demand_step_days')
        ) }} as lead_steps,
        {{ quotient(
            'lead_times.lead_time_days + lead_times.order_cycle_days - (totalled.step - 1) * '
            ~ var('demand_step_days'),
            var('demand_step_days')
        ) }} as order_steps

    from totalled

    inner join lead_times
        on
            totalled.dataset_id = lead_times.dataset_id
            and totalled.product_id = lead_times.product_id

    left join positions
        on
            totalled.dataset_id = positions.dataset_id
            and totalled.product_id = positions.product_id

),

summed as (

    select
        dataset_id,
        product_id,
        current_stock,
        min(demand_basis) as demand_basis,
        sum(case when days_before < 30 then units end) as units_30d,
        sum(case when days_before < 90 then units end) as units_90d,
        cast(sum(units) as decimal(28, 6)) as units_180d,
        cast(sum(cast(
            {{ product('units', 6, 'cast(least(greatest(lead_steps, 0), 1) as decimal(18, 9))') }}
            as decimal(28, 9)
        )) as decimal(28, 9)) as lead_units,
        cast(sum(cast(
            {{ product('units', 6, 'cast(least(greatest(order_steps, 0), 1) as decimal(18, 9))') }}
            as decimal(28, 9)
        )) as decimal(28, 9)) as order_units,
        -- the step in which the stock ends
        min(case
            when units > 0 and units_so_far >= current_stock
                then days_before + {{ var('demand_step_days') }} * {{ quotient(
                    'greatest(current_stock - units_so_far + units, 0)', 'units'
                ) }}
        end) as days_within

    from walked

    group by dataset_id, product_id, current_stock

)

select
    lead_times.dataset_id,
    lead_times.product_id,
    summed.demand_basis,
    cast(summed.units_30d as decimal(18, 3)) as expected_units_30d,
    cast(summed.units_90d as decimal(18, 3)) as expected_units_90d,
    cast(summed.units_180d as decimal(18, 3)) as expected_units_180d,
    coalesce(summed.lead_units, 0) as lead_units,
    coalesce(summed.order_units, 0) as order_units,
    case
        when summed.current_stock < 0 or summed.units_180d <= 0 then null
        when summed.days_within is not null then {{ fixed('summed.days_within', 2) }}
        else {{ fixed('180 + ' ~ quotient(
            '180 * (summed.current_stock - summed.units_180d)', 'summed.units_180d'
        ), 2) }}
    end as days_of_cover,
    -- the last 90 days were as quiet a year before, and then it was sold
    coalesce(
        summed.demand_basis = 'year'
        and summed.units_180d >= {{ var('off_season_min_units') }} * levels.level
        and levels.base_units * levels.level
        <= {{ var('season_pause_share') }} * summed.units_180d,
        false
    ) as is_off_season,
    lead_times.lead_time_days,
    lead_times.lead_time_basis

from lead_times

left join levels
    on
        lead_times.dataset_id = levels.dataset_id
        and lead_times.product_id = levels.product_id

left join summed
    on
        lead_times.dataset_id = summed.dataset_id
        and lead_times.product_id = summed.product_id
