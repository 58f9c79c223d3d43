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

products as (

    select * from {{ ref('int_products') }}

),

-- Benjamini–Hochberg: the least of p × tests ÷ rank over this and all less significant entities
ranked as (

    select
        dataset_id,
        entity_type,
        entity_id,
        p_value,
        count(*) over (partition by dataset_id, entity_type) as test_count,
        row_number() over (
            partition by dataset_id, entity_type order by p_value asc nulls last, entity_id asc nulls last
        ) as p_rank

    from tests

),

adjusted as (

    select
        dataset_id,
        entity_type,
        entity_id,
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
        entities.years_observed,
        case
            when entities.years_observed >= 2 then 12 * entities.years_observed
            else entities.complete_months
        end as months_observed,
        entities.gate,
        tests.seasonality_score,
        tests.f_statistic,
        tests.p_value,
        adjusted.q_value,
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
                and tests.p_value <= {{ var('season_p_indicative') }}
                and profiles.amplitude >= {{ var('season_amplitude_indicative') }}
                and peaks.are_peaks_adjacent
                then 'indicative'
            else 'none'
        end as verdict

    from entities

    left join tests
        on
            entities.dataset_id = tests.dataset_id
            and entities.entity_type = tests.entity_type
            and entities.entity_id = tests.entity_id

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

),

-- Where the season is read from: a product that cannot be judged borrows its category's.
sourced as (

    select
        judged.*,
        case
            when judged.gate is null then 'own'
            when judged.entity_type = 'product' and categories.gate is null and categories.entity_id is not null
                then 'category'
        end as season_source,
        case when judged.gate is null then judged.verdict else categories.verdict end as source_verdict,
        case when judged.gate is null then judged.entity_type else 'category' end as source_type,
        case when judged.gate is null then judged.entity_id else judged.category end as source_id

    from judged

    left join judged as categories
        on
            judged.dataset_id = categories.dataset_id
            and judged.category = categories.entity_id
            and categories.entity_type = 'category'

)

select
    sourced.dataset_id,
    sourced.entity_type,
    sourced.entity_id,
    coalesce(products.product_name, sourced.entity_id) as entity_name,
    sourced.category,
    sourced.seasonality_score,
    sourced.f_statistic,
    sourced.p_value,
    sourced.q_value,
    profiles.amplitude,
    profiles.peak_months,
    profiles.low_months,
    profiles.month_1_index,
    profiles.month_2_index,
    profiles.month_3_index,
    profiles.month_4_index,
    profiles.month_5_index,
    profiles.month_6_index,
    profiles.month_7_index,
    profiles.month_8_index,
    profiles.month_9_index,
    profiles.month_10_index,
    profiles.month_11_index,
    profiles.month_12_index,
    sourced.years_observed,
    sourced.months_observed,
    sourced.verdict,
    sourced.season_source,
    case when sourced.source_verdict in ('confirmed', 'indicative') then profiles.next_peak_month end
        as next_peak_month,
    case
        when sourced.gate is not null then 'low'
        when sourced.years_observed >= {{ var('season_min_years') }} then 'high'
        else 'medium'
    end as confidence

from sourced

left join profiles
    on
        sourced.dataset_id = profiles.dataset_id
        and sourced.source_type = profiles.entity_type
        and sourced.source_id = profiles.entity_id
        and sourced.season_source is not null

left join products
    on
        sourced.dataset_id = products.dataset_id
        and sourced.entity_id = products.product_id
        and sourced.entity_type = 'product'

order by sourced.dataset_id, sourced.entity_type, sourced.entity_id
