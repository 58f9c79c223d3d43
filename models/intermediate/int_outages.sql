with

empty_runs as (

    select * from {{ ref('int_empty_runs') }}

),

balances as (

    select * from {{ ref('int_stock_balances') }}

),

stock as (

    select * from {{ ref('int_stock') }}

),

products as (

    select * from {{ ref('int_products') }}

),

calendar as (

    select * from {{ ref('int_open_days') }}

),

-- Books by which much was sold out of nothing prove no outage.
ledgers as (

    select
        dataset_id,
        product_id

    from balances

    group by dataset_id, product_id

    having
        sum(case when balance < 0 then units_sold else 0 end)
        <= {{ var('ledger_doubt_share') }} * sum(units_sold)

),

outages as (

    -- on the first of these days it was still sold
    select
        balances.dataset_id,
        balances.product_id,
        'ledger' as basis,
        case
            when balances.units_sold > 0 then {{ add_days('balances.valid_from', 1) }}
            else balances.valid_from
        end as first_day,
        balances.valid_to as last_day

    from balances

    inner join ledgers
        on
            balances.dataset_id = ledgers.dataset_id
            and balances.product_id = ledgers.product_id

    inner join products
        on
            balances.dataset_id = products.dataset_id
            and balances.product_id = products.product_id
            and balances.valid_from >= products.first_sale_date

    where balances.balance <= 0

    union all

    -- a run still open with stock left is no outage: it may be dead
    select
        empty_runs.dataset_id,
        empty_runs.product_id,
        'sales' as basis,
        empty_runs.first_day,
        empty_runs.last_day

    from empty_runs

    left join stock
        on
            empty_runs.dataset_id = stock.dataset_id
            and empty_runs.product_id = stock.product_id

    left join ledgers
        on
            empty_runs.dataset_id = ledgers.dataset_id
            and empty_runs.product_id = ledgers.product_id

    where
        ledgers.product_id is null
        and (not empty_runs.is_current or coalesce(stock.current_stock <= 0, false))

),

counted as (

    select
        outages.*,
        last_days.open_index - first_days.open_index
        + case when first_days.is_open then 1 else 0 end as open_days

    from outages

    inner join calendar as first_days
        on outages.dataset_id = first_days.dataset_id and outages.first_day = first_days.day

    inner join calendar as last_days
        on outages.dataset_id = last_days.dataset_id and outages.last_day = last_days.day

)

select
    dataset_id,
    product_id,
    basis,
    cast(open_days as integer) as open_days,
    first_day,
    last_day

from counted

where open_days > 0
