with

files as (

    select
        dataset_id,
        count(*) as file_count

    from {{ ref('stg_source_files') }}

    group by dataset_id

),

gaps as (

    select
        dataset_id,
        sale_date,
        {{ days_between(
            'lag(sale_date) over (partition by dataset_id order by sale_date asc nulls last)',
            'sale_date'
        ) }} as gap_days,
        max(sale_date) over (partition by dataset_id) as newest_sale_date

    from {{ ref('int_store_days') }}

),

stock_dates as (

    select
        dataset_id,
        max(stock_date) as latest_stock_date

    from {{ ref('int_stock') }}

    group by dataset_id

),

stated as (

    select * from {{ ref('stg_dataset_settings') }}

),

-- How long the shop usually pauses now: a pause of long ago says nothing about this month's end.
spans as (

    select
        dataset_id,
        min(sale_date) as first_sale_date,
        max(sale_date) as last_sale_date,
        {{ quantile(
            'case when ' ~ days_between('sale_date', 'newest_sale_date')
            ~ ' < 180 then gap_days end', 0.95
        ) }} as usual_gap_days

    from gaps

    group by dataset_id

),

dated as (

    select
        files.dataset_id,
        files.file_count,
        coalesce(stated.currency, '{{ var("currency") }}') as currency,
        spans.first_sale_date,
        spans.last_sale_date,
        stock_dates.latest_stock_date,
        cast(
            coalesce(
                {% if var('as_of_date') %} date '{{ var("as_of_date") }}', {% endif %}
                spans.last_sale_date,
                stock_dates.latest_stock_date
            ) as date
        ) as as_of_date,
        cast(
            floor(greatest(
                least(coalesce(spans.usual_gap_days, 1) - 1, {{ var('max_grace_days') }}), 0
            )) as integer
        ) as grace_days

    from files

    left join spans
        on files.dataset_id = spans.dataset_id

    left join stock_dates
        on files.dataset_id = stock_dates.dataset_id

    left join stated
        on files.dataset_id = stated.dataset_id

),

bounded as (

    select
        *,
        -- the first month counts when the shop's first sale lies at its beginning
        case
            when day(first_sale_date) <= 1 + grace_days then {{ month_of('first_sale_date') }}
            else {{ add_months(month_of('first_sale_date'), 1) }}
        end as first_complete_month,
        case
            when {{ month_end('as_of_date') }} <= {{ add_days('as_of_date', 'grace_days') }}
                then {{ month_of('as_of_date') }}
            else {{ add_months(month_of('as_of_date'), -1) }}
        end as newest_complete_month

    from dated

)

select
    dataset_id,
    currency,
    file_count,
    grace_days,
    cast({{ days_between('first_sale_date', 'as_of_date') }} + 1 as integer) as history_days,
    cast(
        case
            when newest_complete_month >= first_complete_month
                then
                    {{ month_index('newest_complete_month') }}
                    - {{ month_index('first_complete_month') }} + 1
            else 0
        end as integer
    ) as complete_months,
    as_of_date,
    first_sale_date,
    last_sale_date,
    case
        when newest_complete_month >= first_complete_month then first_complete_month
    end as first_complete_month,
    case
        when newest_complete_month >= first_complete_month then newest_complete_month
    end as last_complete_month,
    latest_stock_date

from bounded
