with

weeks as (

    select * from {{ ref('int_event_weeks') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

events as (

    select * from {{ ref('int_events') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by dataset_id, entity_type, entity_id, event, event_date
            order by case when week >= 0 then units end desc nulls last, week asc nulls last
        ) as choice

    from weeks

),

-- The median week lies halfway down; a week without a sale has no row and counts as zero.
measured as (

    select
        dataset_id,
        entity_type,
        entity_id,
        event,
        event_date,
        sum(case when week = -1 then units else 0 end) as run_up_units,
        sum(
            case
                when week < 0 then 0
                when 2 * choice = {{ var('event_baseline_weeks') }} + 1 then 2 * units
                when
                    2 * choice in (
                        {{ var('event_baseline_weeks') }}, {{ var('event_baseline_weeks') }} + 2
                    )
                    then units
                else 0
            end
        ) as two_median_weeks

    from ranked

    group by dataset_id, entity_type, entity_id, event, event_date

),

lifts as (

    select
        *,
        {{ quotient('14 * run_up_units', var('event_lift_days') ~ ' * two_median_weeks') }} as lift

    from measured

),

next_events as (

    select
        datasets.dataset_id,
        events.event,
        min(events.event_date) as next_event_date

    from datasets

    inner join events
        on
            datasets.dataset_id = events.dataset_id
            and datasets.as_of_date < events.event_date

    group by datasets.dataset_id, events.event

),

entity_lifts as (

    select
        dataset_id,
        entity_type,
        entity_id,
        event,
        cast(count(lift) as integer) as occurrences,
        {{ quantile('lift', 0.5) }} as lift

    from lifts

    group by dataset_id, entity_type, entity_id, event

    having count(lift) >= {{ var('event_min_occurrences') }}

)

select
    entity_lifts.dataset_id,
    entity_lifts.entity_type,
    entity_lifts.entity_id,
    case when entity_lifts.entity_type = 'category' then entity_lifts.entity_id end as category,
    entity_lifts.event,
    entity_lifts.occurrences,
    entity_lifts.lift,
    next_events.next_event_date

from entity_lifts

left join next_events
    on
        entity_lifts.dataset_id = next_events.dataset_id
        and entity_lifts.event = next_events.event

order by
    entity_lifts.dataset_id, entity_lifts.entity_type, entity_lifts.entity_id, entity_lifts.event
