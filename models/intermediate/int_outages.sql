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

-- What is sold next without a delivery was there, whatever the books say. On a window's first day
-- there is a balance though nothing moves.
followed as (

    select
        *,
        case
            when
                not is_in_window and lead(is_in_window) over coming
                and lead(balance) over coming = balance and lead(units_sold) over coming = 0
                then lead(balance, 2) over coming
            else lead(balance) over coming
        end as next_balance

    from balances

    window coming as (partition by dataset_id, product_id order by valid_from asc nulls last)

),

outages as (

    -- on the first of these days it was still sold
    select
        followed.dataset_id,
        followed.product_id,
        'ledger' as basis,
        case
            when followed.units_sold > 0 then {{ add_days('followed.valid_from', 1) }}
            else followed.valid_from
        end as first_day,
        followed.valid_to as last_day

    from followed

    inner join ledgers
        on followed.dataset_id = ledgers.dataset_id and followed.product_id = ledgers.product_id

    inner join products
        on
            followed.dataset_id = products.dataset_id
            and followed.product_id = products.product_id
            and followed.valid_from >= products.first_sale_date

    where followed.balance <= 0 and coalesce(followed.next_balance >= followed.balance, true)

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
        on empty_runs.dataset_id = stock.dataset_id and empty_runs.product_id = stock.product_id

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
