with

panels as (

    select * from {{ ref('int_season_panels') }}

),

-- The statistics are the expensive part: only who can be judged goes on.
entities as (

    select * from {{ ref('int_season_entities') }}

    where gate is null

),

judged as (

    select
        panels.dataset_id,
        panels.entity_type,
        panels.entity_id,
        entities.years_observed,
        12 * entities.years_observed - panels.months_back as time_index,
        coalesce(
            {{ quotient('greatest(panels.measure, 0)', 'panels.trading_days') }}, 0
        ) as daily_rate,
        panels.month

    from panels

    inner join entities
        on
            panels.dataset_id = entities.dataset_id
            and panels.entity_type = entities.entity_type
            and panels.entity_id = entities.entity_id

    where panels.is_complete and panels.months_back < 12 * entities.years_observed

)

select
    dataset_id,
    entity_type,
    entity_id,
    years_observed,
    cast(time_index as integer) as time_index,
    cast(mod(time_index - 1, 12) + 1 as integer) as place_in_year,
    cast(month(month) as integer) as month_of_year,
    {{ summable('daily_rate') }} as daily_rate,
    {{ summable('ln(1 + daily_rate)', 14) }} as log_rate,
    month

from judged
