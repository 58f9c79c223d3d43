with

refused as (

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        outcome,
        reason,
        row_text

    from {{ ref('int_sales_refused') }}

    union all

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        'rejected' as outcome,
        reject_reason as reason,
        concat_ws(' | ', stock_date_text, product_id, product_name, quantity_text, unit_cost_text) as row_text

    from {{ ref('base_inventory') }}

    where reject_reason is not null

    union all

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        'rejected' as outcome,
        reject_reason as reason,
        concat_ws(' | ', product_id, product_name, unit_cost_text, sale_price_text) as row_text

    from {{ ref('base_products') }}

    where reject_reason is not null

    union all

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        'rejected' as outcome,
        reject_reason as reason,
        concat_ws(
            ' | ', purchase_date_text, transaction_id, product_id, product_name, quantity_text,
            unit_cost_text, amount_text
        ) as row_text

    from {{ ref('base_purchases') }}

    where reject_reason is not null

)

select * from refused
