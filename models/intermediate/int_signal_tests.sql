-- How likely a difference is by chance alone. The noise follows from the steps between neighbouring
-- months, because the spread of 24 months also holds the rise or fall itself. So few steps may seem
-- calm or wild by chance: where it is known how the days scatter, the noise is halfway between.
with

months as (

    select * from {{ ref('int_signal_months') }}
    where tested is not null and age between 0 and 23

),

histories as (

    select * from {{ ref('int_signal_histories') }}

),

rank_tests as (

    select * from {{ ref('int_rank_tests') }}

),

scatters as (

    select * from {{ ref('int_signal_scatters') }}

),

steps as (

    select
        dataset_id,
        entity_type,
        entity_id,
        tested - lag(tested) over (
            partition by dataset_id, entity_type, entity_id order by age desc nulls last
        ) as step

    from months

),

noises as (

    select
        dataset_id,
        entity_type,
        entity_id,
        count(step) as step_count,
        -- exact, so that the order of rows cannot change a digit
        sum({{ product('step', 6, 'cast(step as decimal(18, 6))') }}) as squares

    from steps

    group by dataset_id, entity_type, entity_id

),

-- Of three months and the same three a year ago: neighbouring steps share a month.
measured as (

    select
        histories.dataset_id,
        histories.entity_type,
        histories.entity_id,
        {{ quotient('2 * noises.step_count', '3') }} as freedom,
        abs(histories.recent_tested - histories.previous_tested) as difference,
        {{ quotient(
            'cast(noises.squares as double) * histories.months_compared', 'noises.step_count'
        ) }} as noise_of_months,
        scatters.daily_variance * histories.months_compared * histories.months_compared * (
            {{ quotient('1', 'histories.recent_days') }}
            + {{ quotient('1', 'histories.previous_days') }}
        ) as noise_of_days

    from histories

    inner join noises
        on
            histories.dataset_id = noises.dataset_id
            and histories.entity_type = noises.entity_type
            and histories.entity_id = noises.entity_id

    left join scatters
        on
            histories.dataset_id = scatters.dataset_id
            and histories.entity_type = scatters.entity_type
            and histories.entity_id = scatters.entity_id

    where histories.method = 'year_on_year'

),

scored as (

    select
        *,
        {{ quotient(
            'difference',
            'sqrt(coalesce(0.5 * (noise_of_days + noise_of_months), noise_of_months))'
        ) }} as t_score

    from measured

),

-- Wallace's (1959) normal equivalent of a t score; months that are all alike have none.
normal as (

    select
        *,
        {{ quotient('8 * freedom + 1', '8 * freedom + 3') }}
        * sqrt(freedom * ln(1 + {{ quotient('t_score * t_score', 'freedom') }})) as z

    from scored

),

tails as (

    select
        *,
        {{ quotient('1', '1 + 0.2316419 * z') }} as t

    from normal

)

select
    dataset_id,
    entity_type,
    entity_id,
    null as slope_per_month,
    least(coalesce({{ fixed(normal_tail('z', 't'), 9) }}, 1), 1) as p_value

from tails

union all

select
    dataset_id,
    entity_type,
    entity_id,
    slope_per_month,
    p_value

from rank_tests
