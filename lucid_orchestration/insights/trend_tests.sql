-- How sure a rise or fall is: one row per dataset × entity with a signal's method.
-- A month's noise follows from the steps between neighbouring months, because the spread of 24 months
-- also holds the rise itself; q_value is Benjamini-Hochberg within dataset × entity_type.
with months as (
    select
        trends.dataset_id, trends.entity_type, trends.entity_id, trends.month,
        cast(case when trends.entity_type = 'product' then trends.quantity else trends.revenue end as double)
            as amount
    from trends
    inner join datasets on trends.dataset_id = datasets.dataset_id
    where trends.is_complete
        and date_diff('month', trends.month, datasets.last_complete_month) between 0 and 23
),

steps as (
    select
        dataset_id, entity_type, entity_id,
        amount - lag(amount) over (
            partition by dataset_id, entity_type, entity_id order by month
        ) as step
    from months
),

noise as (
    select
        dataset_id, entity_type, entity_id,
        -- rounded: sums of doubles depend on the order of rows in their last digits
        round(sqrt(sum(step * step) / nullif(2 * count(step), 0)), 6) as monthly_noise,
        -- neighbouring steps share a month
        2 * count(step) / 3 as freedom
    from steps
    group by dataset_id, entity_type, entity_id
),

scores as (
    select
        signals.dataset_id, signals.entity_type, signals.entity_id, signals.method, signals.p_value,
        noise.monthly_noise, noise.freedom,
        case
            when signals.entity_type = 'product'
                then abs(signals.recent_quantity - signals.previous_quantity)
            else abs(signals.recent_revenue - signals.previous_revenue)
        end / nullif(noise.monthly_noise * sqrt(6), 0) as t_score
    from trend_signals as signals
    left join noise
        on signals.dataset_id = noise.dataset_id and signals.entity_type = noise.entity_type
        and signals.entity_id = noise.entity_id
    where signals.method is not null
),

-- The noise is an estimate too: Wallace's (1959) normal equivalent of a t score.
normal as (
    select
        *,
        (8 * freedom + 1) / (8 * freedom + 3) * sqrt(freedom * ln(1 + t_score * t_score / nullif(freedom, 0)))
            as z_score
    from scores
),

-- The two-sided tail of the normal distribution, Abramowitz and Stegun 7.1.26, exact to 1.5e-7.
tails as (
    select *, z_score / sqrt(2) as x, 1 / (1 + 0.3275911 * z_score / sqrt(2)) as t
    from normal
),

tested as (
    select
        dataset_id, entity_type, entity_id, monthly_noise, z_score,
        case
            when method = 'mann_kendall' then p_value
            when z_score is null then null
            else least(1, t * (
                0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
            ) * exp(-x * x))
        end as p_value
    from tails
),

ranked as (
    select
        *,
        p_value
        * count(p_value) over (partition by dataset_id, entity_type)
        / row_number() over (partition by dataset_id, entity_type order by p_value, entity_id) as raw_q
    from tested
    where p_value is not null
)

select
    dataset_id, entity_type, entity_id, monthly_noise, z_score, p_value,
    least(1, min(raw_q) over (
        partition by dataset_id, entity_type order by p_value desc, entity_id desc
        rows between unbounded preceding and current row
    )) as q_value
from ranked
