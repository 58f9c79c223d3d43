{{ config(materialized='view') }}

-- A list price and the shop's last day can only be seen from beside the line.
with

lines as (

    select * from {{ ref('judged_sales_lines') }}

),

limits as (

    select * from {{ ref('judged_sales_last_dates') }}

),

list_prices as (

    select
        dataset_id,
        {{ product_key() }} as product_key,
        max(sale_price) as list_price,
        min(sale_price) < max(sale_price) as is_doubtful

    from {{ ref('stg_products') }}

    where sale_price > 0

    group by dataset_id, {{ product_key() }}

),

priced as (

    select
        lines.*,
        lines.sale_date > limits.last_plausible_date as is_too_late,
        case
            when lines.price_basis is not null then lines.net_revenue
            when not list_prices.is_doubtful then try_cast(
                {{ product('list_prices.list_price', 4, 'lines.quantity') }} as decimal(18, 4)
            )
        end as amount,
        case
            when lines.price_basis is not null then lines.price_basis
            when not list_prices.is_doubtful then 'list_price'
        end as amount_basis,
        list_prices.is_doubtful and lines.price_basis is null as is_of_several_prices

    from lines

    left join limits
        on lines.dataset_id = limits.dataset_id

    left join list_prices
        on
            lines.dataset_id = list_prices.dataset_id
            and case
                when lines.price_basis is null then {{ product_key('lines') }}
            end = list_prices.product_key

)

select
    dataset_id,
    source_file_id,
    sheet,
    row_number,
    transaction_id,
    line_id,
    product_id,
    product_name,
    product_name_key,
    category,
    customer_id,
    store,
    unit,
    document_type,
    amount_basis as price_basis,
    quantity,
    amount as net_revenue,
    line_cost,
    is_explained,
    sale_date,
    repeat_key,
    bill_key,
    money_key,
    case
        when early_reason is not null then early_reason
        when is_too_late then 'date_out_of_range'
        when late_reason is not null then late_reason
        when abs(amount) >= 1000000000000 then 'number_out_of_range'
        when is_of_several_prices then 'several_list_prices'
        when amount is null then 'missing_amount'
    end as first_reason

from priced
