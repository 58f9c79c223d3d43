-- Open days without a sale of a product that are too many to be chance.
with

calendar as (

    select * from {{ ref('int_open_days') }}

),

sale_days as (

    select * from {{ ref('int_usual_days') }}

    where units_sold > 0

),

ends as (

    select
        dataset_id,
        max(day) as as_of_date,
        max(open_index) as open_index

    from calendar

    group by dataset_id

),

counted as (

    select
        *,
        min(sale_date) over product as first_sale_date,
        min(open_index) over product as first_open_index,
        count(*) over (
            partition by dataset_id, product_id order by open_index asc nulls last
            range between {{ var('outage_rate_days_before') }} preceding and current row
        ) as days_until,
        count(*) over (
            partition by dataset_id, product_id order by open_index asc nulls last
            range between 1 following and {{ var('outage_after_days') }} following
        ) as days_following

    from sale_days

    window product as (partition by dataset_id, product_id)

),

runs as (

    select
        counted.*,
        least(counted.open_index - counted.first_open_index + 1, {{ var('outage_rate_days') }})
            as rate_days,
        lead(counted.sale_date) over past as next_sale_date,
        lead(counted.open_index) over past as next_index,
        lead(counted.days_following) over past as next_days_following,
        ends.open_index as end_index,
        ends.as_of_date

    from counted

    inner join ends
        on counted.dataset_id = ends.dataset_id

    window past as (
        partition by counted.dataset_id, counted.product_id
        order by counted.open_index asc nulls last
    )

),

measured as (

    select
        dataset_id,
        product_id,
        first_sale_date,
        as_of_date,
        {{ quotient('days_until', 'rate_days') }} as sale_share,
        {{ quotient(
            'next_days_following',
            'least(end_index - next_index, ' ~ var('outage_after_days') ~ ')'
        ) }} as share_after,
        coalesce(next_index, end_index + 1) - open_index - 1 as open_days,
        {{ add_days('sale_date', 1) }} as first_day,
        coalesce({{ add_days('next_sale_date', -1) }}, as_of_date) as last_day,
        next_sale_date is null as is_current

    from runs

    where rate_days >= {{ var('outage_min_days') }}

)

-- Neither at the rate before it nor at the rate it came back with: else demand has only fallen.
select *

from measured

where
    open_days > 0
    and power(1 - sale_share, open_days) < {{ var('outage_probability') }}
    and coalesce(power(1 - share_after, open_days), 0) < {{ var('outage_after_probability') }}
