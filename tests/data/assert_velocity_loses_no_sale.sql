-- The sales of the last 365 days per shop, summed over products, are those of the sales lines: a
-- product that is sold but stands on no stock list must not fall out.
{{ config(meta={"dagster": {"ref": {"name": "inventory_velocity"}}}) }}

with

datasets as (

    select * from {{ ref('int_datasets') }}

),

expected as (

    select
        datasets.dataset_id,
        sum(sales.quantity) as units

    from datasets

    inner join {{ ref('int_product_days') }} as sales
        on
            datasets.dataset_id = sales.dataset_id
            and {{ days_between('sales.sale_date', 'datasets.as_of_date') }} between 0 and 364

    group by datasets.dataset_id

),

found as (

    select
        dataset_id,
        sum(units_sold_365d) as units,
        sum(case when current_stock is not null then 1 else 0 end) as stocked_count

    from {{ ref('inventory_velocity') }}

    group by dataset_id

),

stocked as (

    select
        dataset_id,
        count(*) as stocked_count

    from {{ ref('int_stock_positions') }}

    group by dataset_id

)

select
    datasets.dataset_id,
    expected.units as expected_units,
    found.units,
    stocked.stocked_count as expected_count,
    found.stocked_count

from datasets

left join expected
    on datasets.dataset_id = expected.dataset_id

left join found
    on datasets.dataset_id = found.dataset_id

left join stocked
    on datasets.dataset_id = stocked.dataset_id

where
    (
        coalesce(expected.units, 0) = coalesce(found.units, 0)
        and coalesce(stocked.stocked_count, 0) = coalesce(found.stocked_count, 0)
    ) is not true
