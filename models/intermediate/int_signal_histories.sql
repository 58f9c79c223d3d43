with

months as (

    select * from {{ ref('int_signal_months') }}

),

season_verdicts as (

    select * from {{ ref('int_season_verdicts') }}

),

placed as (

    select
        *,
        case
            when age between 0 and 2 then 'recent'
            when age between 12 and 14 then 'previous'
        end as part

    from months

),

histories as (

    select
        dataset_id,
        entity_type,
        entity_id,
        count(age) as months_observed,
        median(case when age is not null then cast(tested as double) end) as usual_month,
        count(case when age < 24 then 1 end) as deviation_months,
        cast(sum(case when age < 24 then tested else 0 end) as decimal(20, 4)) as deviation_total,
        sum(
            case when age < 24 then cast(tested as decimal(20, 4)) * tested else 0 end
        ) as deviation_squares,
        cast(
            sum(case when part = 'recent' then tested else 0 end) as decimal(18, 4)
        ) as recent_tested,
        cast(
            sum(case when part = 'previous' then tested else 0 end) as decimal(18, 4)
        ) as previous_tested,
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
    {{ fixed(
        standard_deviation('deviation_months', 'deviation_total', 'deviation_squares'), 6
    ) }} as monthly_deviation,
    case
        when histories.months_observed >= {{ var('signal_year_months') }} then 'year_on_year'
        when
            histories.months_observed >= {{ var('signal_min_months') }}
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
