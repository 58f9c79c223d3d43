with

months as (

    select * from {{ ref('int_demand_months') }}

),

totalled as (

    select
        dataset_id,
        product_id,
        month,
        case
            when days >= {{ var('min_month_days') }} then {{ ratio('greatest(units, 0)', 'days') }}
        end as daily_rate,
        sum(units) over (partition by dataset_id, product_id) as all_units,
        sum(days) over (partition by dataset_id, product_id) as all_days

    from months

),

placed as (

    select
        *,
        max(case when daily_rate is not null then month end) over (
            partition by dataset_id, product_id order by month asc nulls last
            rows between unbounded preceding and current row
        ) as month_before,
        min(case when daily_rate is not null then month end) over (
            partition by dataset_id, product_id order by month asc nulls last
            rows between current row and unbounded following
        ) as month_after

    from totalled

)

-- A month that tells too little lies between its neighbours: a season has neither begun nor ended
-- because the shelf was empty. Where no month tells enough, all of them do together.
select
    placed.dataset_id,
    placed.product_id,
    case
        when earlier.daily_rate is not null and later.daily_rate is not null
            then {{ ratio('earlier.daily_rate + later.daily_rate', '2') }}
        when earlier.daily_rate is not null or later.daily_rate is not null
            then coalesce(earlier.daily_rate, later.daily_rate)
        when placed.all_days > 0
            then {{ ratio('greatest(placed.all_units, 0)', 'placed.all_days') }}
        else 0
    end as daily_rate,
    placed.month

from placed

left join totalled as earlier
    on
        placed.dataset_id = earlier.dataset_id
        and placed.product_id = earlier.product_id
        and placed.month_before = earlier.month

left join totalled as later
    on
        placed.dataset_id = later.dataset_id
        and placed.product_id = later.product_id
        and placed.month_after = later.month
