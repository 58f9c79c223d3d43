-- Which day of the past a day is set beside: the same day of an event, else the same weekday a year
-- before. The coming 180 are estimated by it; the last 90 say how the level has changed since.
with

datasets as (

    select * from {{ ref('int_datasets') }}

),

base_days as (

    select * from {{ ref('int_base_days') }}

),

events as (

    select * from {{ ref('int_events') }}

),

closures as (

    select * from {{ ref('stg_shop_knowledge') }}
    where topic = 'closed_days'

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
            and spine.day
            between {{ add_days('events.event_date', '-' ~ var('event_before_days')) }}
            and {{ add_days('events.event_date', var('event_after_days')) }}

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

),

placed as (

    select
        *,
        {{ days_between('as_of_date', 'day') }} as days_ahead,
        {{ weekday_of('day') }} as weekday,
        coalesce(
            {{ add_days('previous_date', days_between('event_date', 'day')) }},
            {{ add_days('day', '-' ~ var('demand_base_days')) }}
        ) as base_day

    from named

)

select
    placed.dataset_id,
    cast(placed.days_ahead as integer) as days_ahead,
    cast(ceil({{ quotient('placed.days_ahead', var('demand_step_days')) }}) as integer) as step,
    placed.event,
    case
        when last_week.is_closed_weekday then 'closed'
        when
            placed.days_ahead > 0
            and exists (
                select 1 from closures
                where
                    placed.dataset_id = closures.dataset_id
                    and placed.day between closures.first_day and closures.last_day
            )
            then 'closed'
        when not coalesce(base_days.is_open, false) or not coalesce(own_days.is_open, true)
            then 'rate'
        when placed.event is null and base_days.is_event then 'rate'
        else 'units'
    end as estimate,
    placed.day,
    placed.event_date,
    placed.base_day,
    {{ month_of('placed.base_day') }} as base_month

from placed

left join base_days
    on placed.dataset_id = base_days.dataset_id and placed.base_day = base_days.day

left join base_days as own_days
    on placed.dataset_id = own_days.dataset_id and placed.day = own_days.day

-- a weekday is closed week after week
left join base_days as last_week
    on
        placed.dataset_id = last_week.dataset_id
        and last_week.days_ago < 7
        and {{ weekday_of('last_week.day') }} = placed.weekday
