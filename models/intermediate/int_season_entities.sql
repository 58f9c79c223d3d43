with

panels as (

    select * from {{ ref('int_season_panels') }}

),

-- Years are counted back from the newest complete month, so a year's twelve months always stand
-- together.
years as (

    select
        dataset_id,
        entity_type,
        entity_id,
        category,
        months_back - mod(months_back, 12) as months_after,
        count(case when is_complete then 1 end) as complete_months,
        count(case when is_complete and measure > 0 then 1 end) as active_months,
        sum(case when is_complete then units else 0 end) as units

    from panels

    group by dataset_id, entity_type, entity_id, category, months_back - mod(months_back, 12)

),

judged as (

    select
        *,
        -- a year with a gap ends the history that can be judged
        max(case when complete_months = 12 then 0 else 1 end) over (
            partition by dataset_id, entity_type, entity_id
            order by months_after asc nulls last
            rows between unbounded preceding and current row
        ) = 0
        and months_after + 12 <= {{ var('season_max_months') }} as is_judged

    from years

),

entities as (

    select
        dataset_id,
        entity_type,
        entity_id,
        category,
        cast(count(case when is_judged then 1 end) as integer) as years_observed,
        cast(sum(complete_months) as integer) as complete_months,
        cast(sum(case when is_judged then active_months else 0 end) as integer) as active_months,
        cast(sum(case when is_judged then units else 0 end) as decimal(18, 3)) as units

    from judged

    group by dataset_id, entity_type, entity_id, category

)

select
    *,
    case
        when years_observed < 2 then 'insufficient_history'
        when active_months < {{ var('season_min_active_share') }} * 12 * years_observed
            then 'too_sparse'
        when units < {{ var('season_min_units') }} then 'too_sparse'
    end as gate

from entities
