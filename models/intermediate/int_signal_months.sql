{{ config(materialized='view') }}

-- Age 0 is the newest complete month; a month that is not complete has none and takes no part.
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
    entity_months.daily_rate as tested,
    entity_months.quantity,
    entity_months.revenue,
    entity_months.revenue_with_cost,
    entity_months.cost,
    entity_months.line_count,
    entity_months.costed_line_count,
    entity_months.sale_days,
    case
        when entity_months.is_complete
            then
                {{ month_index('datasets.last_complete_month') }}
                - {{ month_index('entity_months.month') }}
    end as age,
    entity_months.month

from entity_months

inner join datasets
    on entity_months.dataset_id = datasets.dataset_id
