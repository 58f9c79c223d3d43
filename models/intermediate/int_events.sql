-- The festivals of each shop: those of the calendar that matter to it, and its own.
with

terms as (

    select * from {{ ref('int_shop_terms') }}

),

knowledge as (

    select * from {{ ref('stg_shop_knowledge') }}

),

events as (

    select * from {{ ref('calendar_events') }}

),

own as (

    select
        dataset_id,
        name as event,
        last_day as event_date

    from knowledge

    where topic = 'own_festival'

),

of_calendar as (

    select
        terms.dataset_id,
        events.event,
        events.event_date

    from terms

    cross join events

    left join knowledge
        on
            terms.dataset_id = knowledge.dataset_id
            and knowledge.topic = 'festival'
            and events.event = knowledge.name

    where not terms.is_festivals_known or knowledge.name is not null

),

united as (

    select *

    from own

    union all

    -- a festival with days of the shop's own has no others
    select of_calendar.*

    from of_calendar

    where
        not exists (
            select 1 from own
            where
                of_calendar.dataset_id = own.dataset_id
                and {{ small_letters('of_calendar.event') }} = {{ small_letters('own.event') }}
        )

)

select
    dataset_id,
    event,
    event_date,
    {{ add_days('event_date', '-' ~ var('event_before_days')) }} as first_day,
    {{ add_days('event_date', var('event_after_days')) }} as last_day,
    lag(event_date) over (
        partition by dataset_id, event order by event_date asc nulls last
    ) as previous_date

from united
