with

months as (

    select * from {{ ref('int_signal_months') }}

),

histories as (

    select * from {{ ref('int_signal_histories') }}

),

short_series as (

    select months.*

    from months

    inner join histories
        on
            months.dataset_id = histories.dataset_id
            and months.entity_type = histories.entity_type
            and months.entity_id = histories.entity_id

    where months.tested is not null and histories.method = 'mann_kendall'

),

-- Mann-Kendall counts the pairs that rose and fell; Theil-Sen takes the median of their slopes.
pair_results as (

    select
        later.dataset_id,
        later.entity_type,
        later.entity_id,
        sum(
            case
                when later.tested > earlier.tested then 1
                when later.tested < earlier.tested then -1
                else 0
            end
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

-- 18 var(S) is whole.
scored as (

    select
        histories.dataset_id,
        histories.entity_type,
        histories.entity_id,
        case
            when histories.usual_month > 0
                then {{ ratio('pair_results.slope', 'histories.usual_month') }}
        end as slope_per_month,
        coalesce({{ quotient(
            'greatest(abs(pair_results.rises) - 1, 0)',
            'sqrt((histories.months_tested * (histories.months_tested - 1)'
            ~ ' * (2 * histories.months_tested + 5) - tie_corrections.correction)'
            ~ ' * cast(0.05555555555555556 as double))'
        ) }}, 0) as z

    from histories

    inner join pair_results
        on
            histories.dataset_id = pair_results.dataset_id
            and histories.entity_type = pair_results.entity_type
            and histories.entity_id = pair_results.entity_id

    inner join tie_corrections
        on
            histories.dataset_id = tie_corrections.dataset_id
            and histories.entity_type = tie_corrections.entity_type
            and histories.entity_id = tie_corrections.entity_id

),

tails as (

    select
        *,
        {{ quotient('1', '1 + 0.2316419 * z') }} as t

    from scored

)

select
    dataset_id,
    entity_type,
    entity_id,
    slope_per_month,
    least({{ fixed(normal_tail('z', 't'), 6) }}, 1) as p_value

from tails
