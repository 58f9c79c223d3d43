with

months as (

    select * from {{ ref('int_signal_months') }}

),

season_verdicts as (

    select * from {{ ref('int_season_verdicts') }}

),

-- A month that is missing in one year is left out in the other as well.
paired as (

    select
        *,
        coalesce(
            max(age) over (partition by dataset_id, entity_type, entity_id) + 1
            >= {{ var('signal_year_months') }},
            false
        ) as is_yearly,
        tested is not null and lag(tested, 12) over past is not null as has_year_ago,
        tested is not null and lead(tested, 12) over past is not null as has_year_ahead

    from months

    window past as (partition by dataset_id, entity_type, entity_id order by month asc nulls last)

),

placed as (

    select
        *,
        case
            when age between 0 and 2 and (has_year_ago or not is_yearly) then 'recent'
            when age between 12 and 14 and (has_year_ahead or not is_yearly) then 'previous'
        end as part

    from paired

),

histories as (

    select
        dataset_id,
        entity_type,
        entity_id,
        bool_or(is_yearly) as is_yearly,
        count(age) as months_observed,
        count(tested) as months_tested,
        count(case when part = 'recent' then tested end) as months_compared,
        median(cast(tested as double)) as usual_month,
        count(case when age < 24 then tested end) as deviation_months,
        coalesce(sum(case when age < 24 then tested end), 0) as deviation_total,
        coalesce(sum(case when age < 24 then {{ product('tested', 6, 'tested') }} end), 0)
            as deviation_squares,
        cast(
            coalesce(sum(case when part = 'recent' then tested end), 0) as decimal(18, 6)
        ) as recent_tested,
        cast(
            coalesce(sum(case when part = 'previous' then tested end), 0) as decimal(18, 6)
        ) as previous_tested,
        sum(case when part = 'recent' then sale_days else 0 end) as recent_days,
        sum(case when part = 'previous' then sale_days else 0 end) as previous_days,
        cast(
            sum(case when part = 'recent' then quantity else 0 end) as decimal(18, 3)
        ) as recent_quantity,
        cast(
            sum(case when part = 'previous' then quantity else 0 end) as decimal(18, 3)
        ) as previous_quantity,
        {{ money("sum(case when part = 'recent' then revenue else 0 end)") }} as recent_revenue,
        {{ money("sum(case when part = 'previous' then revenue else 0 end)") }} as previous_revenue,
        {{ profit(
            "sum(case when part = 'recent' then revenue_with_cost else 0 end)",
            "sum(case when part = 'recent' then cost else 0 end)",
            "sum(case when part = 'recent' then costed_line_count else 0 end)",
            "sum(case when part = 'recent' then line_count else 0 end)"
        ) }} as recent_profit,
        {{ profit(
            "sum(case when part = 'previous' then revenue_with_cost else 0 end)",
            "sum(case when part = 'previous' then cost else 0 end)",
            "sum(case when part = 'previous' then costed_line_count else 0 end)",
            "sum(case when part = 'previous' then line_count else 0 end)"
        ) }} as previous_profit

    from placed

    group by dataset_id, entity_type, entity_id

)

-- Two years' worth of the same months, or a short but not seasonal series, or nothing to go by.
-- Below two years there is no season of one's own: a product may have the one of its category.
select
    histories.*,
    {{ standard_deviation('deviation_months', 'deviation_total', 'deviation_squares', 6) }}
        as monthly_deviation,
    case
        when
            histories.is_yearly
            and histories.months_compared >= {{ var('signal_compared_months') }}
            then 'year_on_year'
        when
            not histories.is_yearly
            and histories.months_tested >= {{ var('signal_min_months') }}
            and season_verdicts.entity_id is null
            then 'mann_kendall'
    end as method

from histories

left join season_verdicts
    on
        histories.dataset_id = season_verdicts.dataset_id
        and histories.entity_type = season_verdicts.entity_type
        and histories.entity_id = season_verdicts.entity_id
        and season_verdicts.season_source = 'category'
        and season_verdicts.source_verdict in ('confirmed', 'indicative')
