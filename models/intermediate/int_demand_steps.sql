with

levels as (

    select * from {{ ref('int_demand_levels') }}

),

recent as (

    select * from {{ ref('int_recent_sales') }}

),

parts as (

    select * from {{ ref('int_demand_parts') }}

),

products as (

    select * from {{ ref('int_products') }}

),

stretches as (

    select
        dataset_id,
        step,
        event,
        count(case when estimate != 'closed' then 1 end) as open_days,
        max(event_date) as event_date,
        max(days_ahead) as last_day_ahead

    from {{ ref('int_demand_days') }}

    where days_ahead > 0

    group by dataset_id, step, event

),

rated as (

    select
        levels.dataset_id,
        levels.product_id,
        products.category,
        levels.has_year,
        levels.is_stopped,
        levels.level,
        recent.daily_rate

    from levels

    inner join products
        on levels.dataset_id = products.dataset_id and levels.product_id = products.product_id

    inner join recent
        on levels.dataset_id = recent.dataset_id and levels.product_id = recent.product_id

),

expected as (

    select
        rated.*,
        stretches.step,
        stretches.event,
        stretches.event_date,
        stretches.last_day_ahead,
        stretches.open_days,
        case
            when rated.is_stopped then 0
            when rated.has_year
                then {{ fixed('cast(rated.level as double) * coalesce(parts.base_units, 0)', 6) }}
        end as units

    from rated

    inner join stretches
        on rated.dataset_id = stretches.dataset_id

    left join parts
        on
            rated.dataset_id = parts.dataset_id
            and rated.product_id = parts.product_id
            and stretches.step = parts.step
            and stretches.event is not distinct from parts.event

),

categories as (

    select
        dataset_id,
        category,
        step,
        event,
        case
            when sum({{ summable('daily_rate * open_days') }}) > 0
                then least(
                    greatest(
                        {{ quotient(
                            'sum(units)', 'sum(' ~ summable('daily_rate * open_days') ~ ')'
                        ) }}, {{ quotient('1', var('demand_level_most')) }}
                    ), {{ var('demand_level_most') }}
                )
        end as index

    from expected

    where has_year and not is_stopped and daily_rate is not null

    group by dataset_id, category, step, event

)

select
    expected.dataset_id,
    expected.product_id,
    case
        when expected.is_stopped then 'stopped'
        when expected.has_year then 'year'
        when expected.daily_rate is null then null
        when categories.index is not null then 'category'
        else 'rate'
    end as demand_basis,
    cast(expected.step as integer) as step,
    expected.event,
    coalesce(
        expected.units,
        {{ fixed(
            'expected.daily_rate * expected.open_days * coalesce(categories.index, 1)', 6
        ) }}
    ) as expected_units,
    cast(expected.last_day_ahead as integer) as last_day_ahead,
    cast(expected.open_days as integer) as open_days,
    expected.event_date

from expected

left join categories
    on
        expected.dataset_id = categories.dataset_id
        and expected.category = categories.category
        and expected.step = categories.step
        and expected.event is not distinct from categories.event
