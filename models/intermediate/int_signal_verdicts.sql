-- What the months of an entity say: whether it rises or falls, and by what measure. Among many that
-- stand still some seem to move by chance: what part of the signals may be such is held by q.
with

histories as (

    select * from {{ ref('int_signal_histories') }}

),

tests as (

    select * from {{ ref('int_signal_tests') }}

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
        histories.months_compared,
        tests.p_value,
        tests.slope_per_month,
        histories.recent_tested - histories.previous_tested as difference,
        histories.recent_tested,
        histories.previous_tested,
        histories.recent_days,
        case when histories.method = 'year_on_year' then histories.previous_days end
            as previous_days,
        case when histories.method = 'year_on_year' then histories.previous_quantity end
            as previous_quantity,
        case when histories.method = 'year_on_year' then histories.previous_revenue end
            as previous_revenue,
        case when histories.method = 'year_on_year' then histories.previous_profit end
            as previous_profit,
        case
            when histories.method = 'year_on_year'
                then
                    cast({{ var('signal_z') }} as double) * histories.monthly_deviation
                    * sqrt(2 * histories.months_compared)
        end as threshold

    from histories

    left join tests
        on
            histories.dataset_id = tests.dataset_id
            and histories.entity_type = tests.entity_type
            and histories.entity_id = tests.entity_id

),

-- All of its profit, now or before, is the most that a change can be worth.
weighed as (

    select
        *,
        coalesce(
            greatest(
                coalesce(abs(recent_profit), recent_revenue * {{ var('assumed_margin') }}),
                coalesce(
                    abs(previous_profit), previous_revenue * {{ var('assumed_margin') }}, 0
                )
            ) >= {{ var('min_impact') }}
            * max(case when entity_type = 'store' then recent_revenue end) over (
                partition by dataset_id
            ),
            true
        ) as is_worth_telling

    from compared

),

-- Benjamini-Hochberg among those that matter, and among the others.
ranked as (

    select
        *,
        cast(count(p_value) over (
            partition by dataset_id, entity_type, is_worth_telling
        ) as integer) as test_count,
        row_number() over (
            partition by dataset_id, entity_type, is_worth_telling
            order by p_value asc nulls last, entity_id asc nulls last
        ) as p_rank

    from weighed

),

adjusted as (

    select
        *,
        case
            when p_value is not null
                then least(min({{ quotient('p_value * test_count', 'p_rank') }}) over (
                    partition by dataset_id, entity_type, is_worth_telling
                    order by p_rank desc nulls last
                    rows between unbounded preceding and current row
                ), 1)
        end as q_value

    from ranked

)

select
    *,
    case
        when q_value > {{ var('signal_q') }} then false
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

from adjusted
