-- Too little data is an answer too: whoever was ever sold has a row, and its indices, when there
-- are any, have mean one.
{{ config(meta={"dagster": {"ref": {"name": "seasonality"}}}) }}

with

expected as (

    select
        dataset_id,
        count(distinct entity_id) + count(distinct category) as entity_count

    from {{ ref('int_entity_months') }}

    where entity_type = 'product'

    group by dataset_id

),

found as (

    select
        dataset_id,
        count(case when entity_type != 'store' then 1 end) as entity_count,
        count(
            case
                when
                    season_source is not null
                    and (
                        abs(
                            month_1_index + month_2_index + month_3_index + month_4_index
                            + month_5_index + month_6_index + month_7_index + month_8_index
                            + month_9_index + month_10_index + month_11_index + month_12_index - 12
                        ) <= 0.000012
                    ) is not true
                    then 1
            end
        ) as unbalanced_count

    from {{ ref('seasonality') }}

    group by dataset_id

)

select
    expected.dataset_id,
    expected.entity_count as expected_count,
    found.entity_count,
    found.unbalanced_count

from expected

left join found
    on expected.dataset_id = found.dataset_id

where (expected.entity_count = found.entity_count and found.unbalanced_count = 0) is not true
