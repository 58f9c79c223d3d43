with

unlikely as (

    select * from {{ ref('int_silences') }}

),

sale_days as (

    select * from {{ ref('int_usual_days') }}

    where units_sold > 0

),

-- How often it was sold in the same days a year before and a year after, where these are known.
compared as (

    select
        unlikely.dataset_id,
        unlikely.product_id,
        unlikely.open_days,
        unlikely.sale_share,
        unlikely.is_current,
        unlikely.first_day,
        unlikely.last_day,
        case
            when {{ add_days('unlikely.first_day', -364) }} >= unlikely.first_sale_date
                then count(case when sale_days.sale_date < unlikely.first_day then 1 end)
        end as days_before,
        case
            when {{ add_days('unlikely.last_day', 364) }} <= unlikely.as_of_date
                then count(case when sale_days.sale_date > unlikely.last_day then 1 end)
        end as days_after

    from unlikely

    left join sale_days
        on
            unlikely.dataset_id = sale_days.dataset_id
            and unlikely.product_id = sale_days.product_id
            and (
                {{ add_days('sale_days.sale_date', 364) }}
                between unlikely.first_day and unlikely.last_day
                or {{ add_days('sale_days.sale_date', -364) }}
                between unlikely.first_day and unlikely.last_day
            )

    group by
        unlikely.dataset_id, unlikely.product_id, unlikely.open_days, unlikely.sale_share,
        unlikely.is_current, unlikely.first_day, unlikely.last_day, unlikely.first_sale_date,
        unlikely.as_of_date

)

-- What is as empty in another year is its season; so is a long pause while no other is known.
select
    dataset_id,
    product_id,
    cast(open_days as integer) as open_days,
    {{ fixed('sale_share', 6) }} as sale_share,
    is_current,
    first_day,
    last_day

from compared

where
    coalesce(least(days_before, days_after), days_before, days_after)
    > {{ var('season_pause_share') }} * sale_share * open_days
    or (
        coalesce(days_before, days_after) is null
        and open_days <= {{ var('season_pause_days') }}
    )
