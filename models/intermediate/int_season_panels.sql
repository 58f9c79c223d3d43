{{ config(materialized='view') }}

with

entity_months as (

    select * from {{ ref('int_entity_months') }}

),

branch_months as (

    select * from {{ ref('int_branch_months') }}

    where is_begun

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

united as (

    select
        dataset_id,
        entity_type,
        entity_id,
        category,
        quantity,
        revenue,
        trading_days,
        is_complete,
        month

    from entity_months

    union all

    select
        dataset_id,
        'branch' as entity_type,
        branch_id as entity_id,
        null as category,
        quantity,
        revenue,
        trading_days,
        is_complete,
        month

    from branch_months

)

select
    united.dataset_id,
    united.entity_type,
    united.entity_id,
    united.category,
    united.quantity as units,
    case
        when united.entity_type in ('store', 'branch') then united.revenue
        else cast(united.quantity as decimal(18, 4))
    end as measure,
    united.trading_days,
    cast(
        {{ month_index('datasets.last_complete_month') }}
        - {{ month_index('united.month') }} as integer
    ) as months_back,
    united.is_complete,
    united.month

from united

inner join datasets
    on united.dataset_id = datasets.dataset_id
