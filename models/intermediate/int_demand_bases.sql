-- Which day of the past a day is set beside: the same day of an event, else the same weekday a year
-- before. The coming 180 are estimated by it; the last 90 say how the level has changed since.
with

datasets as (

    select * from {{ ref('int_datasets') }}

),

events as (

    select * from {{ ref('int_events') }}

),

spine as (

    {{ day_series(
        '(select ' ~ add_days('min(as_of_date)', '1 - ' ~ var('demand_level_days'))
        ~ ' from datasets)',
        '(select ' ~ add_days('max(as_of_date)', 180) ~ ' from datasets)'
    ) }}

),

-- Of two events whose windows meet, the one that comes first.
coming as (

    select
        datasets.dataset_id,
        spine.day,
        datasets.as_of_date,
        min(events.event_date) as event_date

    from datasets

    inner join spine
        on
            spine.day
            between {{ add_days('datasets.as_of_date', '1 - ' ~ var('demand_level_days')) }}
            and {{ add_days('datasets.as_of_date', 180) }}

    left join events
        on
            datasets.dataset_id = events.dataset_id
            and events.previous_date is not null
            and spine.day between events.first_day and events.last_day

    where datasets.first_sale_date is not null

    group by datasets.dataset_id, spine.day, datasets.as_of_date

),

named as (

    select
        coming.dataset_id,
        coming.day,
        coming.as_of_date,
        coming.event_date,
        min(events.event) as event,
        min(events.previous_date) as previous_date

    from coming

    left join events
        on coming.dataset_id = events.dataset_id and coming.event_date = events.event_date

    group by coming.dataset_id, coming.day, coming.as_of_date, coming.event_date

)

select
    dataset_id,
    event,
    {{ days_between('as_of_date', 'day') }} as days_ahead,
    {{ weekday_of('day') }} as weekday,
    day,
    event_date,
    coalesce(
        {{ add_days('previous_date', days_between('event_date', 'day')) }},
        {{ add_days('day', '-' ~ var('demand_base_days')) }}
    ) as base_day

from named
