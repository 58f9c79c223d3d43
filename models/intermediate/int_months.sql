with

datasets as (

    select * from {{ ref('int_datasets') }}

),

store_days as (

    select * from {{ ref('int_store_days') }}

),

spine as (

    {{ month_series(
        '(select date_trunc(\'month\', min(first_sale_date)) from datasets)',
        '(select date_trunc(\'month\', max(as_of_date)) from datasets)'
    ) }}

),

trading as (

    select
        dataset_id,
        {{ month_of('sale_date') }} as month,
        count(*) as trading_days

    from store_days

    group by dataset_id, {{ month_of('sale_date') }}

)

select
    datasets.dataset_id,
    cast(coalesce(trading.trading_days, 0) as bigint) as trading_days,
    coalesce(
        spine.month between datasets.first_complete_month and datasets.last_complete_month, false
    ) as is_complete,
    spine.month,
    -- a month that is not complete is no measure for another
    case
        when
            {{ add_months('spine.month', -1) }}
            between datasets.first_complete_month and datasets.last_complete_month
            then {{ add_months('spine.month', -1) }}
    end as previous_month,
    case
        when
            {{ add_months('spine.month', -12) }}
            between datasets.first_complete_month and datasets.last_complete_month
            then {{ add_months('spine.month', -12) }}
    end as year_ago_month,
    {{ month_end('spine.month') }} as month_end,
    least({{ month_end('spine.month') }}, datasets.as_of_date) as last_day

from datasets

inner join spine
    on
        spine.month between {{ month_of('datasets.first_sale_date') }}
        and {{ month_of('datasets.as_of_date') }}

left join trading
    on datasets.dataset_id = trading.dataset_id and spine.month = trading.month
