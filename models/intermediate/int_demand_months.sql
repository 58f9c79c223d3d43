with

usual_days as (

    select * from {{ ref('int_usual_days') }}

    where not is_bulk

),

base_days as (

    select * from {{ ref('int_base_days') }}

    where is_open and not is_event

),

off_days as (

    select * from {{ ref('int_off_days') }}

    where is_open and not is_event

),

levels as (

    select * from {{ ref('int_demand_levels') }}

    where has_year and not is_stopped

),

base_months as (

    -- distinct: many of the coming days are set beside a month
    select distinct
        dataset_id,
        base_month

    from {{ ref('int_demand_days') }}

    where days_ahead > 0

),

month_days as (

    select
        base_months.dataset_id,
        base_months.base_month as month,
        count(base_days.day) as usual_days

    from base_months

    left join base_days
        on
            base_months.dataset_id = base_days.dataset_id
            and base_months.base_month = base_days.month

    group by base_months.dataset_id, base_months.base_month

),

sold as (

    select
        usual_days.dataset_id,
        usual_days.product_id,
        base_days.month,
        sum(usual_days.usual_quantity) as units

    from usual_days

    inner join base_days
        on usual_days.dataset_id = base_days.dataset_id and usual_days.sale_date = base_days.day

    group by usual_days.dataset_id, usual_days.product_id, base_days.month

),

off as (

    select
        dataset_id,
        product_id,
        month,
        count(*) as off_days

    from off_days

    group by dataset_id, product_id, month

)

select
    levels.dataset_id,
    levels.product_id,
    month_days.month,
    coalesce(sold.units, 0) as units,
    month_days.usual_days - coalesce(off.off_days, 0) as days

from levels

inner join month_days
    on levels.dataset_id = month_days.dataset_id

left join sold
    on
        levels.dataset_id = sold.dataset_id
        and levels.product_id = sold.product_id
        and month_days.month = sold.month

left join off
    on
        levels.dataset_id = off.dataset_id
        and levels.product_id = off.product_id
        and month_days.month = off.month
