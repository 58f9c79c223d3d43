-- Of each stretch of coming days, what was sold on the days it is set beside; days out of the
-- ordinary are replaced by the rate of their month.
with

usual_days as (

    select * from {{ ref('int_usual_days') }}

    where not is_bulk

),

demand_days as (

    select * from {{ ref('int_demand_days') }}

    where days_ahead > 0

),

off_days as (

    select * from {{ ref('int_off_days') }}

),

rates as (

    select * from {{ ref('int_demand_rates') }}

),

festival_rates as (

    select * from {{ ref('int_festival_rates') }}

),

replaced_days as (

    select
        dataset_id,
        step,
        event,
        estimate,
        base_month,
        count(*) as day_count

    from demand_days

    where estimate in ('rate', 'festival')

    group by dataset_id, step, event, estimate, base_month

),

parts as (

    select
        usual_days.dataset_id,
        usual_days.product_id,
        demand_days.step,
        demand_days.event,
        usual_days.usual_quantity as units

    from usual_days

    inner join demand_days
        on
            usual_days.dataset_id = demand_days.dataset_id
            and usual_days.sale_date = demand_days.base_day
            and demand_days.estimate = 'units'

    union all

    select
        rates.dataset_id,
        rates.product_id,
        replaced_days.step,
        replaced_days.event,
        replaced_days.day_count * rates.daily_rate as units

    from replaced_days

    inner join rates
        on
            replaced_days.dataset_id = rates.dataset_id
            and replaced_days.base_month = rates.month
            and replaced_days.estimate = 'rate'

    union all

    select
        festival_rates.dataset_id,
        festival_rates.product_id,
        replaced_days.step,
        replaced_days.event,
        replaced_days.day_count * festival_rates.daily_rate as units

    from replaced_days

    inner join festival_rates
        on
            replaced_days.dataset_id = festival_rates.dataset_id
            and replaced_days.event = festival_rates.event
            and replaced_days.base_month = festival_rates.base_month
            and replaced_days.estimate = 'festival'

    union all

    select
        off_days.dataset_id,
        off_days.product_id,
        demand_days.step,
        demand_days.event,
        rates.daily_rate as units

    from off_days

    inner join demand_days
        on
            off_days.dataset_id = demand_days.dataset_id
            and off_days.day = demand_days.base_day
            and demand_days.estimate = 'units'

    inner join rates
        on
            off_days.dataset_id = rates.dataset_id
            and off_days.product_id = rates.product_id
            and off_days.month = rates.month

)

select
    dataset_id,
    product_id,
    step,
    event,
    cast(greatest(sum(units), 0) as decimal(18, 6)) as base_units

from parts

group by dataset_id, product_id, step, event
