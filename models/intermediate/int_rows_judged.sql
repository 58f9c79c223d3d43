with

judged as (

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        outcome,
        reason,
        case when outcome = 'accepted' then net_revenue end as amount,
        concat_ws(
            ' | ', sale_date_text, transaction_id, product_id, product_name, quantity_text,
            unit_price_text, amount_text
        ) as row_text

    from {{ ref('base_sales_judged') }}

    union all

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        case when reject_reason is null then 'accepted' else 'rejected' end as outcome,
        reject_reason as reason,
        cast(null as decimal(18, 4)) as amount,
        concat_ws(' | ', stock_date_text, product_id, product_name, quantity_text, unit_cost_text) as row_text

    from {{ ref('base_inventory') }}

    union all

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        case when reject_reason is null then 'accepted' else 'rejected' end as outcome,
        reject_reason as reason,
        cast(null as decimal(18, 4)) as amount,
        concat_ws(' | ', product_id, product_name, unit_cost_text, sale_price_text) as row_text

    from {{ ref('base_products') }}

    union all

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        case when reject_reason is null then 'accepted' else 'rejected' end as outcome,
        reject_reason as reason,
        cast(null as decimal(18, 4)) as amount,
        concat_ws(
            ' | ', purchase_date_text, transaction_id, product_id, product_name, quantity_text,
            unit_cost_text, amount_text
        ) as row_text

    from {{ ref('base_purchases') }}

)

select * from judged
