with

calendar as (

    select * from {{ ref('int_open_days') }}

),

events as (

    select * from {{ ref('int_events') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

)

select
    calendar.dataset_id,
    cast({{ days_between('calendar.day', 'datasets.as_of_date') }} as integer) as days_ago,
    cast(calendar.open_index as integer) as open_index,
    calendar.is_open,
    calendar.is_closed_weekday,
    exists(
        select 1 from events
        where
            events.dataset_id = calendar.dataset_id
            and calendar.day between events.first_day and events.last_day
    ) as is_event,
    calendar.day,
    calendar.month

from calendar

inner join datasets
    on calendar.dataset_id = datasets.dataset_id
