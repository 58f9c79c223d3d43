with

verdicts as (

    select * from {{ ref('int_season_verdicts') }}

    where entity_type = 'product' and verdict = 'confirmed'

),

profiles as (

    select * from {{ ref('int_season_profiles') }}

),

indices as (

    select * from {{ ref('int_season_indices') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

-- The months touched by the days until an order placed now arrives.
lead_times as (

    select
        dataset_id,
        month({{ add_days('as_of_date', 1) }}) as first_month,
        {{ month_index(add_days('as_of_date', var('lead_time_days'))) }}
        - {{ month_index(add_days('as_of_date', 1)) }} as further_months

    from datasets

),

coming as (

    select
        indices.dataset_id,
        indices.entity_type,
        indices.entity_id,
        {{ ratio('sum(indices.month_index)', 'count(*)') }} as coming_index

    from indices

    inner join lead_times
        on
            indices.dataset_id = lead_times.dataset_id
            and mod(indices.month_of_year - lead_times.first_month + 12, 12)
            <= lead_times.further_months

    group by indices.dataset_id, indices.entity_type, indices.entity_id

)

-- Stock follows no season but the confirmed one of the product itself.
select
    verdicts.dataset_id,
    verdicts.entity_id as product_id,
    coming.coming_index,
    not profiles.is_peak_now
    and {{ days_between('datasets.as_of_date', 'profiles.next_peak_month') }}
    <= {{ var('off_season_days') }} as is_off_season

from verdicts

inner join datasets
    on verdicts.dataset_id = datasets.dataset_id

inner join profiles
    on
        verdicts.dataset_id = profiles.dataset_id
        and verdicts.entity_type = profiles.entity_type
        and verdicts.entity_id = profiles.entity_id

inner join coming
    on
        verdicts.dataset_id = coming.dataset_id
        and verdicts.entity_type = coming.entity_type
        and verdicts.entity_id = coming.entity_id
