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

),

-- A typing error in a year must not become the shop's last day: a day is believed when a hundredth
-- of the lines, or one at least, still follows.
followed as (

    select
        dataset_id,
        max(sale_date) as last_date

    from days_counted

    where later_lines * 100 >= all_lines

    group by dataset_id

),

-- A shop that opens again after years has few lines at first, but on several days close together,
-- as typing errors are not.
runs as (

    select
        dataset_id,
        sale_date,
        lag(sale_date, {{ var('reopened_min_days') }} - 1) over (
            partition by dataset_id
            order by sale_date asc nulls last
        ) as run_start

    from days

)

-- A date may lie at most a year after the last day that is believed.
select
    followed.dataset_id,
    {{ add_days('greatest(followed.last_date, max(runs.sale_date))', 366) }}
        as last_plausible_date

from followed

left join runs
    on
        followed.dataset_id = runs.dataset_id
        and {{ days_between('runs.run_start', 'runs.sale_date') }} <= {{ var('reopened_run_days') }}
        and runs.sale_date
        <= {{ add_days('followed.last_date', var('reopened_max_closed_days')) }}

group by followed.dataset_id, followed.last_date
