-- Of a festival that met another a year before: what its days without the other sold.
with

usual_days as (

    select * from {{ ref('int_usual_days') }}

    where not is_bulk

),

demand_days as (

    select
        *,
        max(case when estimate = 'festival' and days_ahead > 0 then 1 else 0 end) over (
            partition by dataset_id, event
        ) as is_mixed

    from {{ ref('int_demand_days') }}

    where event is not null

),

off_days as (

    select * from {{ ref('int_off_days') }}

),

rates as (

    select * from {{ ref('int_demand_rates') }}

),

days_alone as (

    select * from demand_days

    where is_mixed = 1 and estimate = 'units'

),

months as (

    select
        demand_days.dataset_id,
        demand_days.event,
        demand_days.base_month,
        max(counted.days) as days

    from demand_days

    left join (
        select
            dataset_id,
            event,
            count(*) as days

        from days_alone

        group by dataset_id, event
    ) as counted
        on demand_days.dataset_id = counted.dataset_id and demand_days.event = counted.event

    where demand_days.estimate = 'festival' and demand_days.days_ahead > 0

    group by demand_days.dataset_id, demand_days.event, demand_days.base_month

),

parts as (

    select
        days_alone.dataset_id,
        days_alone.event,
        usual_days.product_id,
        usual_days.usual_quantity as units,
        0 as off_days

    from days_alone

    inner join usual_days
        on
            days_alone.dataset_id = usual_days.dataset_id
            and days_alone.base_day = usual_days.sale_date

    union all

    select
        days_alone.dataset_id,
        days_alone.event,
        off_days.product_id,
        0 as units,
        1 as off_days

    from days_alone

    inner join off_days
        on
            days_alone.dataset_id = off_days.dataset_id
            and days_alone.base_day = off_days.day

),

products as (

    select
        dataset_id,
        event,
        product_id,
        greatest(sum(units), 0) as units,
        sum(off_days) as off_days

    from parts

    group by dataset_id, event, product_id

)

-- A festival that tells too little alone leaves its days to the rate of their month.
select
    rates.dataset_id,
    rates.product_id,
    months.event,
    case
        when months.days - coalesce(products.off_days, 0) >= {{ var('min_month_days') }}
            then {{ ratio(
                'coalesce(products.units, 0)', 'months.days - coalesce(products.off_days, 0)'
            ) }}
        else rates.daily_rate
    end as daily_rate,
    months.base_month

from rates

inner join months
    on rates.dataset_id = months.dataset_id and rates.month = months.base_month

left join products
    on
        rates.dataset_id = products.dataset_id
        and rates.product_id = products.product_id
        and months.event = products.event
