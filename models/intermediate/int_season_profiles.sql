with

indices as (

    select * from {{ ref('int_season_indices') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

-- 1 for the month after the as-of month, 12 for the as-of month itself, a year later
placed as (

    select
        indices.*,
        datasets.as_of_date,
        mod(indices.month_of_year - month(datasets.as_of_date) + 11, 12) + 1 as months_ahead

    from indices

    inner join datasets
        on indices.dataset_id = datasets.dataset_id

)

select
    dataset_id,
    entity_type,
    entity_id,
    cast(max(month_index) - min(month_index) as decimal(9, 6)) as amplitude,
    {{ sorted_integers('month_of_year', 'month_index >= ' ~ var('season_peak_index')) }}
        as peak_months,
    {{ sorted_integers('month_of_year', 'month_index <= ' ~ var('season_low_index')) }}
        as low_months,
    max(case when month_of_year = 1 then month_index end) as month_1_index,
    max(case when month_of_year = 2 then month_index end) as month_2_index,
    max(case when month_of_year = 3 then month_index end) as month_3_index,
    max(case when month_of_year = 4 then month_index end) as month_4_index,
    max(case when month_of_year = 5 then month_index end) as month_5_index,
    max(case when month_of_year = 6 then month_index end) as month_6_index,
    max(case when month_of_year = 7 then month_index end) as month_7_index,
    max(case when month_of_year = 8 then month_index end) as month_8_index,
    max(case when month_of_year = 9 then month_index end) as month_9_index,
    max(case when month_of_year = 10 then month_index end) as month_10_index,
    max(case when month_of_year = 11 then month_index end) as month_11_index,
    max(case when month_of_year = 12 then month_index end) as month_12_index,
    coalesce(
        max(case when months_ahead = 12 then month_index end) >= {{ var('season_peak_index') }},
        false
    ) as is_peak_now,
    {{ add_months(
        month_of('max(as_of_date)'),
        'min(case when month_index >= ' ~ var('season_peak_index') ~ ' then months_ahead end)'
    ) }} as next_peak_month

from placed

group by dataset_id, entity_type, entity_id
