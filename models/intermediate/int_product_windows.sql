with

datasets as (

    select * from {{ ref('int_datasets') }}

),

product_days as (

    select * from {{ ref('int_product_days') }}

),

windows as (

    select
        dataset_id,
        'all' as product_window,
        first_sale_date as first_day,
        as_of_date as last_day

    from datasets

    union all

    select
        dataset_id,
        'last_12_months' as product_window,
        {{ add_days(add_months('as_of_date', -12), 1) }} as first_day,
        as_of_date as last_day

    from datasets

    union all

    select
        dataset_id,
        'last_90_days' as product_window,
        {{ add_days('as_of_date', -89) }} as first_day,
        as_of_date as last_day

    from datasets

)

select
    windows.dataset_id,
    product_days.product_id,
    windows.product_window,
    {{ sales_sums('product_days') }},
    cast(sum(product_days.units_sold) as decimal(18, 3)) as units_sold,
    cast(sum(product_days.units_returned) as decimal(18, 3)) as units_returned,
    cast(sum(product_days.own_cost_line_count) as bigint) as own_cost_line_count,
    cast(sum(product_days.purchase_cost_line_count) as bigint) as purchase_cost_line_count,
    cast(sum(product_days.item_cost_line_count) as bigint) as item_cost_line_count

from product_days

inner join windows
    on
        product_days.dataset_id = windows.dataset_id
        and product_days.sale_date between windows.first_day and windows.last_day

group by windows.dataset_id, product_days.product_id, windows.product_window
