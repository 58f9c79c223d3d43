-- By how much a day varies by chance alone. The steps between neighbouring months tell it, because
-- the spread of 24 months also holds the rise or fall itself; a month of few days on sale varies by
-- more. The days within the months tell it again.
with

months as (

    select * from {{ ref('int_signal_months') }}
    where tested is not null and age between 0 and 23

),

histories as (

    select * from {{ ref('int_signal_histories') }}

),

scatters as (

    select * from {{ ref('int_signal_scatters') }}

),

steps as (

    select
        dataset_id,
        entity_type,
        entity_id,
        tested - lag(tested) over past as step,
        {{ ratio('1', 'sale_days', 9) }} + lag({{ ratio('1', 'sale_days', 9) }}) over past as share

    from months

    window past as (
        partition by dataset_id, entity_type, entity_id order by age desc nulls last
    )

),

-- Exact, so that the order of rows cannot change a digit.
stepped as (

    select
        dataset_id,
        entity_type,
        entity_id,
        count(step) as step_count,
        sum(share) as shares,
        sum({{ product('step', 6, 'cast(step as decimal(18, 6))') }}) as squares

    from steps

    group by dataset_id, entity_type, entity_id

)

-- Of steps that share a month two of three are free.
select
    histories.dataset_id,
    histories.entity_type,
    histories.entity_id,
    {{ quotient('2 * stepped.step_count', '3') }} as freedom,
    abs(histories.recent_tested - histories.previous_tested) as difference,
    histories.recent_tested + histories.previous_tested as total,
    histories.months_compared * histories.months_compared * (
        {{ quotient('1', 'histories.recent_days') }}
        + {{ quotient('1', 'histories.previous_days') }}
    ) as size,
    {{ quotient('stepped.squares', 'stepped.shares') }} as variance_of_months,
    scatters.daily_variance as variance_of_days

from histories

inner join stepped
    on
        histories.dataset_id = stepped.dataset_id
        and histories.entity_type = stepped.entity_type
        and histories.entity_id = stepped.entity_id

left join scatters
    on
        histories.dataset_id = scatters.dataset_id
        and histories.entity_type = scatters.entity_type
        and histories.entity_id = scatters.entity_id

where histories.method = 'year_on_year'
