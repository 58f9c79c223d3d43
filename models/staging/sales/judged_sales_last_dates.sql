{{ config(materialized='view') }}

with

days as (

    select
        dataset_id,
        sale_date,
        sum(line_count) as line_count

    from {{ ref('judged_sales_days') }}

    where year(sale_date) between {{ var('earliest_year') }} and 2100

    group by dataset_id, sale_date

),

days_counted as (

    select
        dataset_id,
        sale_date,
        sum(line_count) over (partition by dataset_id) as all_lines,
        sum(line_count) over (
            partition by dataset_id
            order by sale_date desc nulls last
            rows between unbounded preceding and current row
        ) - line_count as later_lines

    from days

)

-- A typing error in a year must not become the shop's last day: a date may lie at most a year after
-- the last day that a hundredth of the lines, or one at least, still follows.
select
    dataset_id,
    {{ add_days('max(sale_date)', 366) }} as last_plausible_date

from days_counted

where later_lines * 100 >= all_lines

group by dataset_id
