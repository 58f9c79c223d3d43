with

calendar as (

    select * from {{ ref('int_calendar_days') }}

),

closed_weekdays as (

    select
        dataset_id,
        weekday,
        count(*) over (partition by dataset_id) as closed_count

    from calendar

    where days_ago < {{ var('closed_weekday_days') }}

    group by dataset_id, weekday

    having
        count(*) >= {{ var('closed_weekday_min_days') }}
        and count(case when is_trading then 1 end) <= {{ var('closed_weekday_share') }} * count(*)

),

worked as (

    select
        calendar.dataset_id,
        calendar.day,
        calendar.is_trading,
        calendar.is_closed_told,
        -- what the shop says of its weekdays goes before what its sales show
        case
            when calendar.is_closed_weekdays_known then calendar.is_closed_weekday_told
            else closed_weekdays.weekday is not null
        end as is_closed_weekday,
        sum(case when calendar.is_trading then 1 else 0 end) over (
            partition by calendar.dataset_id order by calendar.day asc nulls last
            rows between unbounded preceding and current row
        ) as run_number

    from calendar

    left join closed_weekdays
        on
            calendar.dataset_id = closed_weekdays.dataset_id
            and calendar.weekday = closed_weekdays.weekday
            -- a shop that hardly trades on any has no rhythm to go by
            and closed_weekdays.closed_count < 7

),

days as (

    select
        *,
        not is_trading and not is_closed_weekday and not is_closed_told as is_unexplained

    from worked

),

-- Days without a sale after each day with one, mostly none; a day known as closed does not count.
empty_runs as (

    select
        dataset_id,
        run_number,
        count(case when is_unexplained then 1 end) as run_days,
        row_number() over (
            partition by dataset_id
            order by
                count(case when is_unexplained then 1 end) desc nulls last,
                run_number asc nulls last
        ) as place

    from days

    group by dataset_id, run_number

),

limits as (

    select
        dataset_id,
        greatest(
            coalesce({{ quantile('case when place > 1 then run_days end', 0.99) }}, 0),
            {{ var('closed_run_days') }}
        ) as longest_run

    from empty_runs

    group by dataset_id

),

judged as (

    select
        days.*,
        days.is_trading or (
            days.is_unexplained and coalesce(empty_runs.run_days <= limits.longest_run, true)
        ) as is_open

    from days

    left join empty_runs
        on days.dataset_id = empty_runs.dataset_id and days.run_number = empty_runs.run_number

    left join limits
        on days.dataset_id = limits.dataset_id

)

select
    dataset_id,
    sum(case when is_open then 1 else 0 end) over (
        partition by dataset_id order by day asc nulls last
        rows between unbounded preceding and current row
    ) as open_index,
    is_trading,
    is_closed_weekday,
    is_open,
    day,
    {{ month_of('day') }} as month

from judged
