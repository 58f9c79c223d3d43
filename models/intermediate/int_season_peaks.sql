with

series as (

    select * from {{ ref('int_season_series') }}

),

indices as (

    select * from {{ ref('int_season_indices') }}

),

peaks as (

    select
        *,
        row_number() over (
            partition by dataset_id, entity_type, entity_id
            order by month_index desc nulls last, month_of_year asc nulls last
        ) as choice

    from indices

),

ranked as (

    select
        *,
        time_index - place_in_year as year_start,
        row_number() over (
            partition by dataset_id, entity_type, entity_id, time_index - place_in_year
            order by daily_rate desc nulls last, time_index asc nulls last
        ) as choice

    from series

),

years as (

    select
        ranked.dataset_id,
        ranked.entity_type,
        ranked.entity_id,
        peaks.month_of_year as peak_month,
        ranked.year_start,
        max(
            case when ranked.choice = 1 and ranked.daily_rate > 0 then ranked.month_of_year end
        ) as best_month,
        max(
            case when ranked.month_of_year = peaks.month_of_year then ranked.daily_rate end
        ) as peak_rate,
        cast(sum(ranked.daily_rate) as decimal(30, 9)) as year_rate

    from ranked

    inner join peaks
        on
            ranked.dataset_id = peaks.dataset_id
            and ranked.entity_type = peaks.entity_type
            and ranked.entity_id = peaks.entity_id
            and peaks.choice = 1

    group by
        ranked.dataset_id, ranked.entity_type, ranked.entity_id, peaks.month_of_year,
        ranked.year_start

)

select
    dataset_id,
    entity_type,
    entity_id,
    peak_month,
    -- twelve times the peak against the sum of the year: exact, where a mean would round
    cast(count(
        case
            when
                peak_rate > 0
                and 12 * peak_rate >= (1 + {{ var('season_peak_margin') }}) * year_rate
                then 1
        end
    ) as integer) as years_at_peak,
    -- December and January are neighbours
    coalesce(
        count(best_month) = count(*) and max(best_month) - min(best_month) in (0, 1, 11), false
    ) as are_peaks_adjacent

from years

group by dataset_id, entity_type, entity_id, peak_month
