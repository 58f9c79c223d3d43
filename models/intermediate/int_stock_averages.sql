with

balances as (

    select * from {{ ref('int_stock_balances') }}

),

windows as (

    select * from {{ ref('int_stock_windows') }}

),

recent as (

    select
        balances.dataset_id,
        balances.product_id,
        windows.days_365d,
        greatest(cast(balances.balance as decimal(28, 3)), 0) * cast(
            {{ days_between('balances.valid_from', 'balances.valid_to') }} + 1 as integer
        ) as unit_days,
        case
            when balances.valid_to < windows.recent_start then 0
            when balances.balance > 0
                then {{ days_between(
                    'greatest(balances.valid_from, windows.recent_start)', 'balances.valid_to'
                ) }} + 1
            -- sold out in the course of that day
            when balances.units_sold > 0 and balances.valid_from >= windows.recent_start then 1
            else 0
        end as days_available

    from balances

    inner join windows
        on balances.dataset_id = windows.dataset_id and balances.product_id = windows.product_id

)

select
    dataset_id,
    product_id,
    {{ quotient('sum(unit_days)', 'days_365d') }} as average_stock,
    cast(sum(days_available) as integer) as days_available_90d

from recent

group by dataset_id, product_id, days_365d
