with

datasets as (

    select * from {{ ref('int_datasets') }}

),

products as (

    select * from {{ ref('int_products') }}

),

histories as (

    select * from {{ ref('int_signal_histories') }}

),

rank_tests as (

    select * from {{ ref('int_rank_tests') }}

),

compared as (

    select
        histories.dataset_id,
        histories.entity_type,
        histories.entity_id,
        histories.method,
        histories.months_observed,
        histories.recent_quantity,
        histories.recent_revenue,
        histories.recent_profit,
        histories.monthly_deviation,
        rank_tests.p_value,
        rank_tests.slope_per_month,
        histories.recent_tested - histories.previous_tested as difference,
        histories.previous_tested,
        case when histories.method = 'year_on_year' then histories.previous_quantity end
            as previous_quantity,
        case when histories.method = 'year_on_year' then histories.previous_revenue end
            as previous_revenue,
        case when histories.method = 'year_on_year' then histories.previous_profit end
            as previous_profit,
        case
            when histories.method = 'year_on_year'
                then {{ fixed(
                    'cast(' ~ var('signal_z')
                    ~ ' as double) * histories.monthly_deviation * sqrt(6)', 3
                ) }}
        end as threshold

    from histories

    left join rank_tests
        on
            histories.dataset_id = rank_tests.dataset_id
            and histories.entity_type = rank_tests.entity_type
            and histories.entity_id = rank_tests.entity_id

),

decided as (

    select
        *,
        case
            when method = 'year_on_year'
                then
                    abs(difference) >= {{ var('signal_change') }} * abs(previous_tested)
                    and abs(difference) > threshold
            when method = 'mann_kendall'
                then
                    p_value < {{ var('signal_p') }}
                    and coalesce(abs(slope_per_month), 0) >= {{ var('signal_slope') }}
        end as is_signal,
        case
            when method = 'year_on_year' then difference > 0
            when method = 'mann_kendall' then slope_per_month > 0
        end as is_upward

    from compared

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
    cast(decided.monthly_deviation as double) as monthly_deviation,
    decided.threshold as threshold_quantity,
    cast(decided.p_value as double) as p_value,
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

order by decided.dataset_id, decided.entity_type, decided.entity_id
