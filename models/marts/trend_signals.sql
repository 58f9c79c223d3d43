with

datasets as (

    select * from {{ ref('int_datasets') }}

),

products as (

    select * from {{ ref('int_products') }}

),

decided as (

    select * from {{ ref('int_signal_verdicts') }}

),

outages as (

    select * from {{ ref('int_outages') }}

),

last_outages as (

    select
        dataset_id,
        product_id,
        max(last_day) as last_out_of_stock_date

    from outages

    group by dataset_id, product_id

)

select
    decided.dataset_id,
    decided.entity_type,
    decided.entity_id,
    case
        when decided.entity_type = 'product' then products.product_name
        else decided.entity_id
    end as entity_name,
    case
        when decided.entity_type = 'product' then products.category
        when decided.entity_type = 'category' then decided.entity_id
    end as category,
    case
        when decided.method is null then 'insufficient_history'
        when not decided.is_signal then 'stable'
        when decided.is_upward then 'rising'
        -- with a hole behind it, it only seems to fall
        when
            {{ days_between('last_outages.last_out_of_stock_date', 'datasets.as_of_date') }}
            < {{ var('returned_days') }}
            then 'stable'
        else 'declining'
    end as signal,
    decided.method,
    decided.recent_quantity,
    decided.previous_quantity,
    {{ relative_change('decided.recent_quantity', 'decided.previous_quantity') }}
        as quantity_change,
    decided.recent_revenue,
    decided.previous_revenue,
    {{ relative_change('decided.recent_revenue', 'decided.previous_revenue') }} as revenue_change,
    decided.recent_profit,
    decided.previous_profit,
    {{ ratio('decided.recent_tested', 'decided.months_compared') }} as recent_rate,
    case
        when decided.method = 'year_on_year'
            then {{ ratio('decided.previous_tested', 'decided.months_compared') }}
    end as previous_rate,
    case
        when decided.method = 'year_on_year'
            then {{ relative_change('decided.recent_tested', 'decided.previous_tested') }}
    end as rate_change,
    cast(decided.recent_days as integer) as recent_days,
    cast(decided.previous_days as integer) as previous_days,
    last_outages.last_out_of_stock_date,
    cast({{ fixed('decided.monthly_deviation', 6) }} as double) as monthly_deviation,
    {{ fixed('decided.threshold', 6) }} as threshold_rate,
    cast(decided.p_value as double) as p_value,
    {{ fixed('decided.q_value', 6) }} as q_value,
    decided.slope_per_month,
    cast(decided.months_observed as integer) as months_observed,
    case
        when decided.method = 'year_on_year'
            then {{ add_months('datasets.last_complete_month', -2) }}
        when decided.method = 'mann_kendall'
            then {{ add_months('datasets.last_complete_month', '1 - decided.months_observed') }}
    end as window_start,
    case
        when decided.method is not null then {{ month_end('datasets.last_complete_month') }}
    end as window_end,
    case
        when decided.method = 'year_on_year' and decided.months_observed >= 24 then 'high'
        when decided.method is not null then 'medium'
        else 'low'
    end as confidence

from decided

inner join datasets
    on decided.dataset_id = datasets.dataset_id

left join products
    on
        decided.dataset_id = products.dataset_id
        and decided.entity_id = products.product_id
        and decided.entity_type = 'product'

left join last_outages
    on
        decided.dataset_id = last_outages.dataset_id
        and decided.entity_id = last_outages.product_id
        and decided.entity_type = 'product'

order by decided.dataset_id, decided.entity_type, decided.entity_id
