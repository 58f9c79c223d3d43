-- The parts of a change are read as its causes: they must be all of it, to the paisa.
{{ config(meta={"dagster": {"ref": {"name": "revenue_change"}}}) }}

select
    dataset_id,
    month,
    product_id,
    revenue,
    revenue_previous,
    revenue_difference,
    price_effect,
    quantity_effect,
    new_effect,
    lost_effect,
    other_effect

from {{ ref('revenue_change') }}

where
    (
        revenue_difference = revenue - revenue_previous
        and revenue_difference
        = price_effect + quantity_effect + new_effect + lost_effect + other_effect
    ) is not true
