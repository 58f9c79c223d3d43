with

datasets as (

    select * from {{ ref('int_datasets') }}

),

days as (

    select * from {{ ref('int_open_days') }}

),

spine as (

    {{ month_series(
        '(select date_trunc(\'month\', min(first_sale_date)) from datasets)',
        '(select date_trunc(\'month\', max(as_of_date)) from datasets)'
    ) }}

),

counted as (

    select
        dataset_id,
        month,
        count(case when is_trading then 1 end) as trading_days,
        count(case when is_open then 1 end) as open_days

    from days

    group by dataset_id, month

),

-- A month without any sale between months with sales is most likely a file that is missing.
judged as (

    select
        datasets.dataset_id,
        datasets.as_of_date,
        cast(coalesce(counted.trading_days, 0) as bigint) as trading_days,
        cast(coalesce(counted.open_days, 0) as bigint) as open_days,
        coalesce(
            spine.month between datasets.first_complete_month and datasets.last_complete_month,
            false
        ) as is_over,
        coalesce(
            spine.month > {{ month_of('datasets.first_sale_date') }}
            and spine.month < {{ month_of('datasets.last_sale_date') }}
            and coalesce(counted.trading_days, 0) = 0,
            false
        ) as is_gap,
        spine.month

    from datasets

    inner join spine
        on
            spine.month between {{ month_of('datasets.first_sale_date') }}
            and {{ month_of('datasets.as_of_date') }}

    left join counted
        on datasets.dataset_id = counted.dataset_id and spine.month = counted.month

),

complete_months as (

    select
        dataset_id,
        month

    from judged

    where is_over and not is_gap

)

-- a month that is not complete is no measure for another, and a gap has none
select
    judged.dataset_id,
    judged.trading_days,
    judged.open_days,
    judged.is_over and not judged.is_gap as is_complete,
    judged.is_gap,
    judged.month,
    previous.month as previous_month,
    year_ago.month as year_ago_month,
    {{ month_end('judged.month') }} as month_end,
    least({{ month_end('judged.month') }}, judged.as_of_date) as last_day

from judged

left join complete_months as previous
    on
        judged.dataset_id = previous.dataset_id
        and not judged.is_gap
        and previous.month = {{ add_months('judged.month', -1) }}

left join complete_months as year_ago
    on
        judged.dataset_id = year_ago.dataset_id
        and not judged.is_gap
        and year_ago.month = {{ add_months('judged.month', -12) }}
