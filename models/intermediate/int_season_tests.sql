with

series as (

    select * from {{ ref('int_season_series') }}

),

totalled as (

    select
        *,
        sum(daily_rate) over (
            partition by dataset_id, entity_type, entity_id, place_in_year
        ) as month_rate,
        sum(log_rate) over (
            partition by dataset_id, entity_type, entity_id, place_in_year
        ) as month_log,
        sum(log_rate) over (partition by dataset_id, entity_type, entity_id) as all_log

    from series

),

-- Time and rates as distances from the means: of all months, and of the same month in all years.
deviations as (

    select
        dataset_id,
        entity_type,
        entity_id,
        years_observed,
        time_index - (12 * years_observed + 1) * 0.5 as time_deviation,
        time_index - place_in_year - 6 * (years_observed - 1) as year_deviation,
        daily_rate - {{ quotient('month_rate', 'years_observed') }} as rate_within,
        log_rate - {{ quotient('month_log', 'years_observed') }} as log_within,
        log_rate - {{ quotient('all_log', '12 * years_observed') }} as log_deviation,
        daily_rate

    from totalled

),

sums as (

    select
        dataset_id,
        entity_type,
        entity_id,
        years_observed,
        cast(12 * years_observed - 13 as double) as residual_freedom,
        cast(sum(time_deviation * time_deviation) as double) as time_time,
        cast(sum(year_deviation * year_deviation) as double) as year_year,
        cast(sum({{ summable('log_deviation * log_deviation', 14) }}) as double) as log_log,
        cast(sum({{ summable('log_deviation * time_deviation', 14) }}) as double) as log_time,
        cast(sum({{ summable('log_within * log_within', 14) }}) as double) as within_within,
        cast(sum({{ summable('log_within * year_deviation', 14) }}) as double) as within_year,
        cast(sum({{ summable('rate_within * year_deviation') }}) as double) as rate_year,
        cast(sum(daily_rate) as double) as rate_total

    from deviations

    group by dataset_id, entity_type, entity_id, years_observed

),

residuals as (

    select
        *,
        log_log - {{ quotient('log_time * log_time', 'time_time') }} as trend_only,
        within_within - {{ quotient('within_year * within_year', 'year_year') }} as with_season,
        -- what remains when the trend of the seasonal model is taken out: season and chance
        log_log - 2 * log_time * {{ quotient('within_year', 'year_year') }}
        + time_time * power({{ quotient('within_year', 'year_year') }}, 2) as detrended

    from sums

),

-- Below 1e-11 there is only the rounding of the sums: an exact zero keeps constant and perfectly
-- repeating series apart.
cleaned as (

    select
        *,
        case when trend_only < 1e-11 then 0 else trend_only end as residual_trend,
        case when with_season < 1e-11 then 0 else with_season end as residual_season,
        case when detrended < 1e-11 then 0 else detrended end as residual_detrended

    from residuals

),

shares as (

    select
        *,
        residual_freedom * 0.5 as first_shape,
        cast(5.5 as double) as second_shape,
        -- P(F > f) is the incomplete beta function at this share
        least({{ quotient('residual_season', 'residual_trend') }}, 1) as unexplained_share

    from cleaned

)

select
    dataset_id,
    entity_type,
    entity_id,
    years_observed,
    case
        when residual_trend = 0 then cast(0 as double)
        else round(
            {{ quotient(
                'greatest(residual_trend - residual_season, 0) * residual_freedom',
                '11 * residual_season'
            ) }}, 6
        )
    end as f_statistic,
    cast(
        case
            when residual_trend = 0 then 1
            else {{ fixed(
                incomplete_beta('unexplained_share', 'first_shape', 'second_shape'), 12
            ) }}
        end as double
    ) as p_value,
    cast(
        greatest(
            0, 1 - coalesce({{ fixed(quotient('residual_season', 'residual_detrended'), 6) }}, 1)
        ) as double
    ) as seasonality_score,
    {{ quotient('rate_year', 'year_year') }} as rate_slope,
    {{ quotient('rate_total', '12 * years_observed') }} as mean_rate

from shares
