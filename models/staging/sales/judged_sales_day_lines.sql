with

shared_days as (

    select * from {{ ref('judged_sales_shared_days') }}

    where is_same_money and line_count > 0

),

priced as (

    select * from {{ ref('judged_sales_priced') }}

    where first_reason is null

),

candidates as (

    select
        source_file_id,
        sale_date,
        has_bills

    from shared_days

    union

    select
        other_file_id as source_file_id,
        sale_date,
        has_bills

    from shared_days

)

select
    candidates.source_file_id,
    candidates.has_bills,
    priced.dataset_id,
    priced.sheet,
    priced.row_number,
    priced.product_id,
    priced.product_name_key,
    priced.store,
    priced.customer_id,
    priced.category,
    priced.unit,
    priced.quantity,
    priced.net_revenue,
    candidates.sale_date

from candidates

inner join priced
    on
        candidates.source_file_id = priced.source_file_id
        and candidates.sale_date = priced.sale_date

where not candidates.has_bills or priced.transaction_id is null
