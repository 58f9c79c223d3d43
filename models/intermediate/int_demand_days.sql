-- Whether the day of the past a day is set beside tells what it sells.
with

placed as (

    select * from {{ ref('int_demand_bases') }}

),

base_days as (

    select * from {{ ref('int_base_days') }}

),

closures as (

    select * from {{ ref('stg_shop_knowledge') }}
    where topic = 'closed_days'

),

events as (

    select * from {{ ref('int_events') }}

),

-- What two festivals that met sold is not what one of them sells alone.
mixed as (

    -- distinct: several festivals may have met
    select distinct
        placed.dataset_id,
        placed.day

    from placed

    inner join events as past
        on
            placed.dataset_id = past.dataset_id
            and placed.base_day between past.first_day and past.last_day
            and placed.event != past.event

    left join events as now
        on
            past.dataset_id = now.dataset_id
            and past.event = now.event
            and placed.day between now.first_day and now.last_day

    where now.event is null

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
        when mixed.day is not null then 'festival'
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

left join mixed
    on placed.dataset_id = mixed.dataset_id and placed.day = mixed.day

-- a weekday is closed week after week
left join base_days as last_week
    on
        placed.dataset_id = last_week.dataset_id
        and last_week.days_ago < 7
        and {{ weekday_of('last_week.day') }} = placed.weekday
