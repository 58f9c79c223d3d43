{{ config(materialized='view') }}

with

entity_months as (

    select * from {{ ref('int_entity_months') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

)

select
    entity_months.dataset_id,
    entity_months.entity_type,
    entity_months.entity_id,
    entity_months.category,
    entity_months.quantity as units,
    case
        when entity_months.entity_type = 'store' then entity_months.revenue
        else cast(entity_months.quantity as decimal(18, 4))
    end as measure,
    entity_months.trading_days,
    cast(
        {{ month_index('datasets.last_complete_month') }}
        - {{ month_index('entity_months.month') }} as integer
    ) as months_back,
    entity_months.is_complete,
    entity_months.month

from entity_months

inner join datasets
    on entity_months.dataset_id = datasets.dataset_id
