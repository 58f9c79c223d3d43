{{ config(materialized='view') }}

with

entities as (

    select * from {{ ref('int_season_entities') }}

),

tests as (

    select * from {{ ref('int_season_tests') }}

),

profiles as (

    select * from {{ ref('int_season_profiles') }}

),

peaks as (

    select * from {{ ref('int_season_peaks') }}

),

-- Benjamini–Hochberg: the least of p × tests ÷ rank over this and all less significant entities
ranked as (

    select
        *,
        count(*) over (partition by dataset_id, entity_type) as test_count,
        row_number() over (
            partition by dataset_id, entity_type
            order by p_value asc nulls last, entity_id asc nulls last
        ) as p_rank

    from tests

),

adjusted as (

    select
        *,
        -- p × n ÷ n may fall below p by the last bit of a double
        greatest(
            least(
                min({{ quotient('p_value * test_count', 'p_rank') }}) over (
                    partition by dataset_id, entity_type
                    order by p_rank desc nulls last
                    rows between unbounded preceding and current row
                ), 1
            ), p_value
        ) as q_value

    from ranked

),

judged as (

    select
        entities.dataset_id,
        entities.entity_type,
        entities.entity_id,
        entities.category,
        entities.gate,
        case
            when entities.gate is not null then entities.gate
            when
                entities.years_observed >= {{ var('season_min_years') }}
                and adjusted.q_value <= {{ var('season_q') }}
                and profiles.amplitude >= {{ var('season_amplitude') }}
                and 3 * peaks.years_at_peak >= 2 * entities.years_observed
                then 'confirmed'
            when
                entities.years_observed = 2
                and adjusted.p_value <= {{ var('season_p_indicative') }}
                and profiles.amplitude >= {{ var('season_amplitude_indicative') }}
                and peaks.are_peaks_adjacent
                then 'indicative'
            else 'none'
        end as verdict,
        entities.years_observed,
        case
            when entities.years_observed >= 2 then 12 * entities.years_observed
            else entities.complete_months
        end as months_observed,
        adjusted.seasonality_score,
        adjusted.f_statistic,
        adjusted.p_value,
        adjusted.q_value

    from entities

    left join adjusted
        on
            entities.dataset_id = adjusted.dataset_id
            and entities.entity_type = adjusted.entity_type
            and entities.entity_id = adjusted.entity_id

    left join profiles
        on
            entities.dataset_id = profiles.dataset_id
            and entities.entity_type = profiles.entity_type
            and entities.entity_id = profiles.entity_id

    left join peaks
        on
            entities.dataset_id = peaks.dataset_id
            and entities.entity_type = peaks.entity_type
            and entities.entity_id = peaks.entity_id

)

-- Where the season is read from: a product that cannot be judged borrows its category's.
select
    judged.*,
    case
        when judged.gate is null then 'own'
        when
            judged.entity_type = 'product'
            and categories.gate is null
            and categories.entity_id is not null
            then 'category'
    end as season_source,
    case when judged.gate is null then judged.entity_type else 'category' end as source_type,
    case when judged.gate is null then judged.entity_id else judged.category end as source_id,
    case when judged.gate is null then judged.verdict else categories.verdict end
        as source_verdict

from judged

left join judged as categories
    on
        judged.dataset_id = categories.dataset_id
        and judged.category = categories.entity_id
        and categories.entity_type = 'category'
