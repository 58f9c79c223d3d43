with

balances as (

    select * from {{ ref('int_stock_balances') }}

    where is_in_window

),

windows as (

    select * from {{ ref('int_stock_windows') }}

),

recent as (

    select
        balances.dataset_id,
        balances.product_id,
        windows.days_365d,
        {{ product(
            'greatest(balances.balance, 0)', 3,
            'cast(' ~ days_between('balances.valid_from', 'balances.valid_to') ~ ' + 1 as integer)'
        ) }} as unit_days

    from balances

    inner join windows
        on balances.dataset_id = windows.dataset_id and balances.product_id = windows.product_id

)

select
    dataset_id,
    product_id,
    {{ quotient('sum(unit_days)', 'days_365d') }} as average_stock

from recent

group by dataset_id, product_id, days_365d
