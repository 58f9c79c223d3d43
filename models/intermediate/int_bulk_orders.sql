with

datasets as (

    select * from {{ ref('int_datasets') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

all_bills as (

    select * from {{ ref('int_sales_bills') }}

),

rates as (

    select * from {{ ref('int_unit_rates') }}

),

-- What is usual is judged by year, counted back from the as-of day.
bills as (

    select
        all_bills.dataset_id,
        identities.item_id as product_id,
        {{ days_between('all_bills.sale_date', 'datasets.as_of_date') }}
        - mod({{ days_between('all_bills.sale_date', 'datasets.as_of_date') }}, 365) as days_after,
        {{ in_unit_sold('all_bills.quantity', 'coalesce(rates.rate, 1)') }} as quantity,
        all_bills.revenue,
        all_bills.bill_count,
        all_bills.sale_date

    from all_bills

    inner join identities
        on {{ same_naming('all_bills', 'identities') }}

    inner join datasets
        on all_bills.dataset_id = datasets.dataset_id

    left join rates
        on {{ same_unit('all_bills', 'identities') }}

    where identities.line_kind = 'product' and all_bills.sale_date <= datasets.as_of_date

),

years as (

    select
        bills.dataset_id,
        bills.product_id,
        bills.days_after,
        sum(bills.bill_count) as bill_count,
        sum(bills.quantity * bills.bill_count) as units

    from bills

    group by bills.dataset_id, bills.product_id, bills.days_after

    having
        sum(bills.bill_count) >= {{ var('bulk_min_bills') }}
        and max(bills.quantity) >= {{ var('bulk_times_median') }} * min(bills.quantity)

),

sizes as (

    select
        bills.dataset_id,
        bills.product_id,
        bills.days_after,
        bills.quantity,
        years.bill_count as all_count,
        years.units,
        sum(sum(bills.bill_count)) over (
            partition by bills.dataset_id, bills.product_id, bills.days_after
            order by bills.quantity asc nulls last
            rows between unbounded preceding and current row
        ) as counted

    from bills

    inner join years
        on
            bills.dataset_id = years.dataset_id
            and bills.product_id = years.product_id
            and bills.days_after = years.days_after

    group by
        bills.dataset_id, bills.product_id, bills.days_after, bills.quantity, years.bill_count,
        years.units

),

-- The smallest is in place 0; of the n - 1 others the quantile 0.99 lies at 0.99 (n - 2).
placed as (

    select
        *,
        0.99 * (all_count - 2) as place,
        min(case when 2 * counted >= all_count then quantity end) over whole
        + min(case when 2 * counted > all_count then quantity end) over whole as two_medians,
        min(case when counted > floor(0.99 * (all_count - 2)) then quantity end) over whole
            as lower_one,
        min(case when counted > ceil(0.99 * (all_count - 2)) then quantity end) over whole
            as upper_one

    from sizes

    window whole as (partition by dataset_id, product_id, days_after)

)

select
    bills.dataset_id,
    bills.product_id,
    cast(sum(bills.quantity * bills.bill_count) as decimal(18, 3)) as bulk_quantity,
    cast(sum(bills.revenue) as decimal(18, 4)) as bulk_revenue,
    bills.sale_date

from bills

inner join placed
    on
        bills.dataset_id = placed.dataset_id
        and bills.product_id = placed.product_id
        and bills.days_after = placed.days_after
        and bills.quantity = placed.quantity

where
    2 * placed.quantity >= {{ var('bulk_times_median') }} * placed.two_medians
    and (
        2 * placed.quantity > placed.units
        or (
            placed.counted - 1 > ceil(placed.place)
            and placed.quantity > {{ var('bulk_times_others') }} * (
                placed.lower_one + mod(placed.place, 1) * (placed.upper_one - placed.lower_one)
            )
        )
    )

group by bills.dataset_id, bills.product_id, bills.sale_date
