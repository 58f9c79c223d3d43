with

datasets as (

    select * from {{ ref('int_datasets') }}

),

entity_months as (

    select * from {{ ref('int_entity_months') }}

    where entity_type = 'product' and is_complete

),

-- Monthly units of the last 12 complete months, zeros included.
unit_sums as (

    select
        entity_months.dataset_id,
        entity_months.entity_id as product_id,
        count(*) as month_count,
        sum(entity_months.quantity) as units,
        sum({{ product('entity_months.quantity', 3, 'entity_months.quantity') }}) as squared_units

    from entity_months

    inner join datasets
        on
            entity_months.dataset_id = datasets.dataset_id
            and entity_months.month > {{ add_months('datasets.last_complete_month', -12) }}

    group by entity_months.dataset_id, entity_months.entity_id

)

select
    dataset_id,
    product_id,
    {{ ratio(
        standard_deviation('month_count', 'units', 'squared_units', 3),
        quotient('units', 'month_count')
    ) }} as unit_variation

from unit_sums

where month_count >= {{ var('xyz_min_months') }} and units > 0
