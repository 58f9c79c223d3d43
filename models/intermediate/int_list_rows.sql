{{ config(materialized='view') }}

with

inventory as (

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        reject_reason,
        concat_ws(
            ' | ', stock_date_text, product_id, product_name, quantity_text, unit_cost_text
        ) as row_text

    from {{ ref('judged_inventory') }}

),

products as (

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        reject_reason,
        concat_ws(' | ', product_id, product_name, unit_cost_text, sale_price_text) as row_text

    from {{ ref('judged_products') }}

),

purchases as (

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        reject_reason,
        concat_ws(
            ' | ', purchase_date_text, transaction_id, product_id, product_name, quantity_text,
            unit_cost_text, amount_text
        ) as row_text

    from {{ ref('judged_purchases') }}

),

united as (

    select * from inventory
    union all
    select * from products
    union all
    select * from purchases

)

select
    dataset_id,
    source_file_id,
    sheet,
    row_number,
    case
        when reject_reason is null then 'accepted'
        when reject_reason = 'subtotal' then 'ignored'
        else 'rejected'
    end as outcome,
    reject_reason as reason,
    row_text

from united
