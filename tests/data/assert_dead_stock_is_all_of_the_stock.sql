-- Every product with stock stands in one idle bucket: what tools like this lose are the items
-- nobody ever sold.
{{ config(meta={"dagster": {"ref": {"name": "dead_stock"}}}) }}

with

expected as (

    select
        dataset_id,
        count(*) as product_count,
        sum(current_stock) as units,
        sum(stock_value) as stock_value

    from {{ ref('int_stock_positions') }}

    where current_stock > 0

    group by dataset_id

),

found as (

    select
        dataset_id,
        count(*) as product_count,
        sum(current_stock) as units,
        sum(estimated_value) as stock_value

    from {{ ref('dead_stock') }}

    group by dataset_id

),

stated as (

    select
        dataset_id,
        stock_value

    from {{ ref('datasets') }}

),

compared as (

    select
        stated.dataset_id,
        expected.product_count as expected_count,
        found.product_count,
        expected.units as expected_units,
        found.units,
        expected.stock_value as expected_value,
        found.stock_value,
        stated.stock_value as stated_value

    from stated

    left join expected
        on stated.dataset_id = expected.dataset_id

    left join found
        on stated.dataset_id = found.dataset_id

)

select * from compared
where (
    coalesce(expected_count, 0) = coalesce(product_count, 0)
    and coalesce(expected_units, 0) = coalesce(units, 0)
    and coalesce(expected_value, 0) = coalesce(stock_value, 0)
    and coalesce(stated_value, 0) = coalesce(stock_value, 0)
) is not true
