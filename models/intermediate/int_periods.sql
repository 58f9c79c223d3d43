with

datasets as (

    select * from {{ ref('int_datasets') }}

),

months as (

    select * from {{ ref('int_months') }}

),

-- Each window stands twice: as it is, and one length further back to be compared with.
windows as (

    select
        datasets.dataset_id,
        datasets.as_of_date,
        lengths.period_type,
        lengths.window_days,
        steps.is_preceding,
        case when steps.is_preceding then lengths.window_days else 0 end as days_back

    from datasets

    cross join (
        values ('last_30_days', 30), ('last_90_days', 90), ('last_365_days', 365)
    ) as lengths (period_type, window_days)

    cross join (values (false), (true)) as steps (is_preceding)

    -- files without any date have no last day to count back from
    where datasets.as_of_date is not null

),

periods as (

    select
        dataset_id,
        'all' as period_type,
        'all' as period,
        false as is_preceding,
        false as is_complete_month,
        cast(null as date) as whole_month,
        cast(null as date) as first_day,
        cast(null as date) as last_day

    from datasets

    union all

    select
        dataset_id,
        period_type,
        cast(as_of_date as string) as period,
        is_preceding,
        false as is_complete_month,
        cast(null as date) as whole_month,
        {{ add_days('as_of_date', '1 - window_days - days_back') }} as first_day,
        {{ add_days('as_of_date', '-days_back') }} as last_day

    from windows

    union all

    select
        dataset_id,
        'month' as period_type,
        left(cast(month as string), 7) as period,
        false as is_preceding,
        is_complete as is_complete_month,
        month as whole_month,
        cast(null as date) as first_day,
        cast(null as date) as last_day

    from months

    union all

    -- the running month is compared with the same days of the month before
    select
        months.dataset_id,
        'month' as period_type,
        left(cast(months.month as string), 7) as period,
        true as is_preceding,
        false as is_complete_month,
        cast(null as date) as whole_month,
        preceding.month as first_day,
        {{ same_day_of('preceding.month', 'months.last_day') }} as last_day

    from months

    inner join months as preceding
        on
            months.dataset_id = preceding.dataset_id
            and preceding.month = {{ add_months('months.month', -1) }}

    where not months.is_complete and preceding.is_complete

),

numbered as (

    select
        *,
        row_number() over (
            partition by dataset_id
            order by
                period_type asc nulls last, period asc nulls last, is_preceding asc nulls last
        ) as period_id

    from periods

)

select
    numbered.dataset_id,
    cast(numbered.period_id as integer) as period_id,
    cast(preceding.period_id as integer) as preceding_period_id,
    numbered.period_type,
    numbered.period,
    numbered.is_preceding,
    numbered.whole_month,
    numbered.first_day,
    numbered.last_day

from numbered

left join numbered as preceding
    on
        numbered.dataset_id = preceding.dataset_id
        and numbered.period_type = preceding.period_type
        and not numbered.is_preceding
        and case
            when numbered.is_complete_month
                then
                    preceding.is_complete_month
                    and preceding.whole_month = {{ add_months('numbered.whole_month', -1) }}
            else preceding.is_preceding and numbered.period = preceding.period
        end
