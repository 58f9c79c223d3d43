with

indices as (

    select * from {{ ref('int_season_indices') }}

    where entity_type = 'product'

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

-- The months touched by the days until an order placed now arrives.
lead_times as (

    select
        dataset_id,
        month({{ add_days('as_of_date', 1) }}) as first_month,
        {{ month_index(add_days('as_of_date', var('lead_time_days'))) }}
        - {{ month_index(add_days('as_of_date', 1)) }} as further_months

    from datasets

)

select
    indices.dataset_id,
    indices.entity_id as product_id,
    {{ ratio('sum(indices.month_index)', 'count(*)') }} as coming_index

from indices

inner join lead_times
    on
        indices.dataset_id = lead_times.dataset_id
        and mod(indices.month_of_year - lead_times.first_month + 12, 12)
        <= lead_times.further_months

group by indices.dataset_id, indices.entity_id
