-- The last 90 days and the days they are set beside, as far as neither was out of the ordinary.
with

usual_days as (

    select * from {{ ref('int_usual_days') }}

),

off_days as (

    select * from {{ ref('int_off_days') }}

),

compared_days as (

    select * from {{ ref('int_demand_days') }}

    where days_ahead <= 0 and estimate = 'units'

),

excluded as (

    -- distinct: both days may be off, or one of them for two reasons
    select distinct
        off_days.dataset_id,
        off_days.product_id,
        compared_days.day

    from off_days

    inner join compared_days
        on
            off_days.dataset_id = compared_days.dataset_id
            and off_days.day in (compared_days.day, compared_days.base_day)

),

pair_days as (

    select
        dataset_id,
        day,
        day as sale_date,
        true as is_recent

    from compared_days

    union all

    select
        dataset_id,
        day,
        base_day as sale_date,
        false as is_recent

    from compared_days

)

select
    usual_days.dataset_id,
    usual_days.product_id,
    cast(
        sum(case when pair_days.is_recent then usual_days.usual_quantity else 0 end)
        as decimal(18, 3)
    ) as now_units,
    cast(
        sum(case when pair_days.is_recent then 0 else usual_days.usual_quantity end)
        as decimal(18, 3)
    ) as base_units

from usual_days

inner join pair_days
    on
        usual_days.dataset_id = pair_days.dataset_id
        and usual_days.sale_date = pair_days.sale_date

left join excluded
    on
        usual_days.dataset_id = excluded.dataset_id
        and usual_days.product_id = excluded.product_id
        and pair_days.day = excluded.day

where excluded.product_id is null

group by usual_days.dataset_id, usual_days.product_id
