with

datasets as (

    select * from {{ ref('int_datasets') }}

),

products as (

    select * from {{ ref('int_products') }}

),

entity_months as (

    select * from {{ ref('int_entity_months') }}

),

seasonality as (

    select * from {{ ref('seasonality') }}

),

-- Below two years there is no season of one's own: a product may have the one of its category.
seasonal as (

    select
        borrowers.dataset_id,
        borrowers.entity_type,
        borrowers.entity_id

    from seasonality as borrowers

    inner join seasonality as lenders
        on
            borrowers.dataset_id = lenders.dataset_id
            and borrowers.category = lenders.entity_id
            and lenders.entity_type = 'category'

    where
        borrowers.season_source = 'category'
        and lenders.verdict in ('confirmed', 'indicative')

),

-- Age 0 is the newest complete month; a month that is not complete has none and takes no part.
aged as (

    select
        entity_months.dataset_id,
        entity_months.entity_type,
        entity_months.entity_id,
        case
            when entity_months.entity_type in ('store', 'category') then entity_months.revenue
            else cast(entity_months.quantity as decimal(18, 4))
        end as tested,
        entity_months.quantity,
        entity_months.revenue,
        entity_months.revenue_with_cost,
        entity_months.cost,
        entity_months.line_count,
        entity_months.costed_line_count,
        case
            when entity_months.is_complete
                then
                    {{ month_index('datasets.last_complete_month') }}
                    - {{ month_index('entity_months.month') }}
        end as age

    from entity_months

    inner join datasets
        on entity_months.dataset_id = datasets.dataset_id

),

placed as (

    select
        *,
        case when age between 0 and 2 then 'recent' when age between 12 and 14 then 'previous' end as part

    from aged

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
        sum(case when age < 24 then cast(tested as decimal(20, 4)) * tested else 0 end) as deviation_squares,
        cast(sum(case when part = 'recent' then tested else 0 end) as decimal(18, 4)) as recent_tested,
        cast(sum(case when part = 'previous' then tested else 0 end) as decimal(18, 4)) as previous_tested,
        cast(sum(case when part = 'recent' then quantity else 0 end) as decimal(18, 3)) as recent_quantity,
        cast(sum(case when part = 'previous' then quantity else 0 end) as decimal(18, 3)) as previous_quantity,
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

),

-- Two years' worth of the same months, or a short but not seasonal series, or nothing to go by.
judged_by as (

    select
        histories.*,
        case
            when histories.months_observed >= 15 then 'year_on_year'
            when
                histories.months_observed >= {{ var('signal_min_months') }}
                and seasonal.entity_id is null
                then 'mann_kendall'
        end as method,
        {{ fixed(
            standard_deviation('deviation_months', 'deviation_total', 'deviation_squares'), 6
        ) }} as monthly_deviation

    from histories

    left join seasonal
        on
            histories.dataset_id = seasonal.dataset_id
            and histories.entity_type = seasonal.entity_type
            and histories.entity_id = seasonal.entity_id

),

short_series as (

    select
        aged.dataset_id,
        aged.entity_type,
        aged.entity_id,
        aged.age,
        aged.tested

    from aged

    inner join judged_by
        on
            aged.dataset_id = judged_by.dataset_id
            and aged.entity_type = judged_by.entity_type
            and aged.entity_id = judged_by.entity_id

    where judged_by.method = 'mann_kendall' and aged.age is not null

),

-- Mann-Kendall counts the pairs that rose and fell; Theil-Sen takes the median of their slopes.
pair_results as (

    select
        later.dataset_id,
        later.entity_type,
        later.entity_id,
        sum(
            case when later.tested > earlier.tested then 1 when later.tested < earlier.tested then -1 else 0 end
        ) as rises,
        median(
            {{ quotient('later.tested - earlier.tested', 'earlier.age - later.age') }}
        ) as slope

    from short_series as later

    inner join short_series as earlier
        on
            later.dataset_id = earlier.dataset_id
            and later.entity_type = earlier.entity_type
            and later.entity_id = earlier.entity_id
            and later.age < earlier.age

    group by later.dataset_id, later.entity_type, later.entity_id

),

equal_months as (

    select
        dataset_id,
        entity_type,
        entity_id,
        count(*) as month_count

    from short_series

    group by dataset_id, entity_type, entity_id, tested

),

tie_corrections as (

    select
        dataset_id,
        entity_type,
        entity_id,
        sum(month_count * (month_count - 1) * (2 * month_count + 5)) as correction

    from equal_months

    group by dataset_id, entity_type, entity_id

),

-- The two-sided p of the standard normal, to 1.5e-7 (Abramowitz and Stegun 26.2.17); 18 var(S) is whole.
scored as (

    select
        judged_by.dataset_id,
        judged_by.entity_type,
        judged_by.entity_id,
        case
            when judged_by.usual_month > 0 then {{ ratio('pair_results.slope', 'judged_by.usual_month') }}
        end as slope_per_month,
        coalesce({{ quotient(
            'greatest(abs(pair_results.rises) - 1, 0)',
            'sqrt((judged_by.months_observed * (judged_by.months_observed - 1)'
            ~ ' * (2 * judged_by.months_observed + 5) - tie_corrections.correction)'
            ~ ' * cast(0.05555555555555556 as double))'
        ) }}, 0) as z

    from judged_by

    inner join pair_results
        on
            judged_by.dataset_id = pair_results.dataset_id
            and judged_by.entity_type = pair_results.entity_type
            and judged_by.entity_id = pair_results.entity_id

    inner join tie_corrections
        on
            judged_by.dataset_id = tie_corrections.dataset_id
            and judged_by.entity_type = tie_corrections.entity_type
            and judged_by.entity_id = tie_corrections.entity_id

),

tails as (

    select
        *,
        {{ quotient('1', '1 + 0.2316419 * z') }} as t

    from scored

),

short_results as (

    select
        dataset_id,
        entity_type,
        entity_id,
        slope_per_month,
        least({{ fixed(
            'exp(-0.5 * z * z) * 0.7978845608028654 * t * (0.319381530 + t * (-0.356563782'
            ~ ' + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))', 6
        ) }}, 1) as p_value

    from tails

),

compared as (

    select
        judged_by.dataset_id,
        judged_by.entity_type,
        judged_by.entity_id,
        judged_by.method,
        judged_by.months_observed,
        judged_by.recent_quantity,
        judged_by.recent_revenue,
        judged_by.recent_profit,
        judged_by.monthly_deviation,
        short_results.p_value,
        short_results.slope_per_month,
        judged_by.recent_tested - judged_by.previous_tested as difference,
        judged_by.previous_tested,
        case when judged_by.method = 'year_on_year' then judged_by.previous_quantity end as previous_quantity,
        case when judged_by.method = 'year_on_year' then judged_by.previous_revenue end as previous_revenue,
        case when judged_by.method = 'year_on_year' then judged_by.previous_profit end as previous_profit,
        case
            when judged_by.method = 'year_on_year'
                then {{ fixed(
                    'cast(' ~ var('signal_z') ~ ' as double) * judged_by.monthly_deviation * sqrt(6)', 3
                ) }}
        end as threshold

    from judged_by

    left join short_results
        on
            judged_by.dataset_id = short_results.dataset_id
            and judged_by.entity_type = short_results.entity_type
            and judged_by.entity_id = short_results.entity_id

),

decided as (

    select
        *,
        case
            when method = 'year_on_year'
                then
                    abs(difference) >= {{ var('signal_change') }} * abs(previous_tested)
                    and abs(difference) > threshold
            when method = 'mann_kendall'
                then
                    p_value < {{ var('signal_p') }}
                    and coalesce(abs(slope_per_month), 0) >= {{ var('signal_slope') }}
        end as is_signal,
        case
            when method = 'year_on_year' then difference > 0
            when method = 'mann_kendall' then slope_per_month > 0
        end as is_upward

    from compared

)

select
    decided.dataset_id,
    decided.entity_type,
    decided.entity_id,
    case
        when decided.entity_type = 'product' then products.product_name
        else decided.entity_id
    end as entity_name,
    case
        when decided.entity_type = 'product' then products.category
        when decided.entity_type = 'category' then decided.entity_id
    end as category,
    case
        when decided.method is null then 'insufficient_history'
        when not decided.is_signal then 'stable'
        when decided.is_upward then 'rising'
        else 'declining'
    end as signal,
    decided.method,
    decided.recent_quantity,
    decided.previous_quantity,
    {{ relative_change('decided.recent_quantity', 'decided.previous_quantity') }} as quantity_change,
    decided.recent_revenue,
    decided.previous_revenue,
    {{ relative_change('decided.recent_revenue', 'decided.previous_revenue') }} as revenue_change,
    decided.recent_profit,
    decided.previous_profit,
    cast(decided.monthly_deviation as double) as monthly_deviation,
    decided.threshold as threshold_quantity,
    cast(decided.p_value as double) as p_value,
    decided.slope_per_month,
    cast(decided.months_observed as integer) as months_observed,
    case
        when decided.method = 'year_on_year' then {{ add_months('datasets.last_complete_month', -2) }}
        when decided.method = 'mann_kendall'
            then {{ add_months('datasets.last_complete_month', '1 - decided.months_observed') }}
    end as window_start,
    case
        when decided.method is not null then {{ month_end('datasets.last_complete_month') }}
    end as window_end,
    case
        when decided.method = 'year_on_year' and decided.months_observed >= 24 then 'high'
        when decided.method is not null then 'medium'
        else 'low'
    end as confidence

from decided

inner join datasets
    on decided.dataset_id = datasets.dataset_id

left join products
    on
        decided.dataset_id = products.dataset_id
        and decided.entity_id = products.product_id
        and decided.entity_type = 'product'

order by decided.dataset_id, decided.entity_type, decided.entity_id
