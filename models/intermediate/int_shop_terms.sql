-- What a shop says of itself, a column each; what it does not say is what is assumed. And how many
-- branches its files tell apart.
with

datasets as (

    select * from {{ ref('int_datasets') }}

),

knowledge as (

    select * from {{ ref('stg_shop_knowledge') }}

),

branches as (

    select * from {{ ref('int_branches') }}

),

named as (

    select
        dataset_id,
        count(*) as branch_count

    from branches

    group by dataset_id

),

said as (

    select
        dataset_id,
        max(case when topic = 'lead_time_days' then number_value end) as lead_time_days,
        max(case when topic = 'order_cycle_days' then number_value end) as order_cycle_days,
        max(case when topic = 'target_margin' then number_value end) as target_margin,
        count(case when topic = 'closed_weekdays' then 1 end) > 0 as is_closed_weekdays_known,
        count(case when topic = 'festivals' then 1 end) > 0 as is_festivals_known

    from knowledge

    group by dataset_id

)

select
    datasets.dataset_id,
    cast(coalesce(said.lead_time_days, {{ var('lead_time_days') }}) as integer) as lead_time_days,
    cast(coalesce(said.order_cycle_days, {{ var('order_cycle_days') }}) as integer)
        as order_cycle_days,
    said.target_margin,
    said.lead_time_days is not null as is_lead_time_known,
    said.order_cycle_days is not null as is_order_cycle_known,
    coalesce(said.is_closed_weekdays_known, false) as is_closed_weekdays_known,
    coalesce(said.is_festivals_known, false) as is_festivals_known,
    cast(coalesce(named.branch_count, 0) as integer) as branch_count

from datasets

left join said
    on datasets.dataset_id = said.dataset_id

left join named
    on datasets.dataset_id = named.dataset_id
