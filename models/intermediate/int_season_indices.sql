with

series as (

    select * from {{ ref('int_season_series') }}

),

tests as (

    select * from {{ ref('int_season_tests') }}

),

month_means as (

    select
        dataset_id,
        entity_type,
        entity_id,
        place_in_year,
        month_of_year,
        {{ quotient('sum(daily_rate)', 'count(*)') }} as mean_rate

    from series

    group by dataset_id, entity_type, entity_id, place_in_year, month_of_year

),

-- The trend alone lifts the later places of a year: that part is no season. Where a steep trend
-- leaves less than nothing for a month, nothing was sold in it.
detrended as (

    select
        month_means.dataset_id,
        month_means.entity_type,
        month_means.entity_id,
        month_means.month_of_year,
        greatest(
            {{ fixed(
                quotient(
                    'month_means.mean_rate - tests.rate_slope * (month_means.place_in_year - 6.5)',
                    'tests.mean_rate'
                ), 12
            ) }}, 0
        ) as raw_index

    from month_means

    inner join tests
        on
            month_means.dataset_id = tests.dataset_id
            and month_means.entity_type = tests.entity_type
            and month_means.entity_id = tests.entity_id

),

totalled as (

    select
        *,
        sum(raw_index) over (partition by dataset_id, entity_type, entity_id) as index_total

    from detrended

)

select
    dataset_id,
    entity_type,
    entity_id,
    month_of_year,
    -- the twelve have mean one
    cast({{ ratio('12 * raw_index', 'index_total') }} as decimal(9, 6)) as month_index

from totalled
