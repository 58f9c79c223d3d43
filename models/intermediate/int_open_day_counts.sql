with

past as (

    select
        dataset_id,
        days_ago

    from {{ ref('int_base_days') }}

    where is_open and days_ago < 365

),

coming as (

    select
        dataset_id,
        -days_ahead as days_ago

    from {{ ref('int_demand_days') }}

    where estimate != 'closed' and days_ahead between 1 and 90

),

united as (

    select * from past

    union all

    select * from coming

)

select
    dataset_id,
    cast(count(case when days_ago >= 0 then 1 end) as integer) as open_days_365d,
    cast(count(case when days_ago < 0 then 1 end) as integer) as open_days_next_90d

from united

group by dataset_id
