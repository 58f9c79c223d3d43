with

verdicts as (

    select * from {{ ref('int_season_verdicts') }}

    -- those of branches stand in branch_months
    where entity_type != 'branch'

),

profiles as (

    select * from {{ ref('int_season_profiles') }}

),

products as (

    select * from {{ ref('int_products') }}

)

select
    verdicts.dataset_id,
    verdicts.entity_type,
    verdicts.entity_id,
    coalesce(products.product_name, verdicts.entity_id) as entity_name,
    verdicts.category,
    verdicts.seasonality_score,
    verdicts.f_statistic,
    verdicts.p_value,
    verdicts.q_value,
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
    verdicts.years_observed,
    verdicts.months_observed,
    verdicts.verdict,
    verdicts.season_source,
    case
        when verdicts.source_verdict in ('confirmed', 'indicative') then profiles.next_peak_month
    end as next_peak_month,
    case
        when verdicts.gate is not null then 'low'
        when verdicts.years_observed >= {{ var('season_min_years') }} then 'high'
        else 'medium'
    end as confidence

from verdicts

left join profiles
    on
        verdicts.dataset_id = profiles.dataset_id
        and verdicts.source_type = profiles.entity_type
        and verdicts.source_id = profiles.entity_id
        and verdicts.season_source is not null

left join products
    on
        verdicts.dataset_id = products.dataset_id
        and verdicts.entity_id = products.product_id
        and verdicts.entity_type = 'product'

order by verdicts.dataset_id, verdicts.entity_type, verdicts.entity_id
