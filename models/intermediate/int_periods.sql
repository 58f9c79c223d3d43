with

datasets as (

    select * from {{ ref('int_datasets') }}

),

months as (

    select * from {{ ref('int_months') }}

),

window_lengths as (

    select
        'last_30_days' as period_type,
        30 as window_days

    union all

    select
        'last_90_days' as period_type,
        90 as window_days

    union all

    select
        'last_365_days' as period_type,
        365 as window_days

),

windows as (

    select
        datasets.dataset_id,
        datasets.as_of_date,
        window_lengths.period_type,
        window_lengths.window_days

    from datasets

    cross join window_lengths

    -- files without any date have no last day to count back from
    where datasets.as_of_date is not null

),

periods as (

    select
        dataset_id,
        'all' as period_type,
        'all' as period,
        false as is_preceding,
        cast(null as date) as whole_month,
        cast(null as date) as first_day,
        cast(null as date) as last_day

    from datasets

    union all

    select
        dataset_id,
        period_type,
        cast(as_of_date as varchar) as period,
        false as is_preceding,
        cast(null as date) as whole_month,
        {{ add_days('as_of_date', '1 - window_days') }} as first_day,
        as_of_date as last_day

    from windows

    union all

    select
        dataset_id,
        period_type,
        cast(as_of_date as varchar) as period,
        true as is_preceding,
        cast(null as date) as whole_month,
        {{ add_days('as_of_date', '1 - 2 * window_days') }} as first_day,
        {{ add_days('as_of_date', '-window_days') }} as last_day

    from windows

    union all

    select
        dataset_id,
        'month' as period_type,
        left(cast(month as varchar), 7) as period,
        false as is_preceding,
        month as whole_month,
        cast(null as date) as first_day,
        cast(null as date) as last_day

    from months

    union all

    -- the running month is compared with the same days of the month before
    select
        months.dataset_id,
        'month' as period_type,
        left(cast(months.month as varchar), 7) as period,
        true as is_preceding,
        cast(null as date) as whole_month,
        preceding.month as first_day,
        least(
            preceding.month_end, {{ add_days('preceding.month', 'dayofmonth(months.last_day) - 1') }}
        ) as last_day

    from months

    inner join months as preceding
        on
            months.dataset_id = preceding.dataset_id
            and preceding.month = {{ add_months('months.month', -1) }}

    where not months.is_complete and preceding.is_complete

),

numbered as (

    select
        periods.*,
        coalesce(months.is_complete, false) as is_complete_month,
        row_number() over (
            order by
                periods.dataset_id asc nulls last, periods.period_type asc nulls last,
                periods.period asc nulls last, periods.is_preceding asc nulls last
        ) as period_id

    from periods

    left join months
        on periods.dataset_id = months.dataset_id and periods.whole_month = months.month

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
