with

outages as (

    select * from {{ ref('int_outages') }}

),

usual_days as (

    select * from {{ ref('int_usual_days') }}

),

base_days as (

    select * from {{ ref('int_base_days') }}

    where days_ago < 2 * {{ var('demand_base_days') }}

)

select
    outages.dataset_id,
    outages.product_id,
    true as is_out_of_stock,
    base_days.is_open,
    base_days.is_event,
    base_days.days_ago,
    base_days.day,
    base_days.month

from outages

inner join base_days
    on
        outages.dataset_id = base_days.dataset_id
        and base_days.day between outages.first_day and outages.last_day

union all

select
    usual_days.dataset_id,
    usual_days.product_id,
    false as is_out_of_stock,
    base_days.is_open,
    base_days.is_event,
    base_days.days_ago,
    base_days.day,
    base_days.month

from usual_days

inner join base_days
    on usual_days.dataset_id = base_days.dataset_id and usual_days.sale_date = base_days.day

where usual_days.is_bulk
