with

shared as (

    -- distinct: each file that had the bill names it
    select distinct bill_key

    from {{ ref('judged_sales_shared_bills') }}

),

priced as (

    select * from {{ ref('judged_sales_priced') }}

    where first_reason is null

),

lines as (

    select priced.*

    from priced

    inner join shared
        on priced.bill_key = shared.bill_key

),

ranged as (

    select
        *,
        min(store) over (partition by bill_key) as first_store,
        max(store) over (partition by bill_key) as last_store,
        min(customer_id) over (partition by bill_key) as first_customer,
        max(customer_id) over (partition by bill_key) as last_customer

    from lines

),

-- A file that names no store or customer means the only one that is named for the bill.
completed as (

    select
        *,
        case
            when store is null and first_store = last_store then first_store
            else coalesce(store, '')
        end as bill_store,
        case
            when customer_id is null and first_customer = last_customer then first_customer
            else coalesce(customer_id, '')
        end as bill_customer

    from ranged

)

select
    dataset_id,
    source_file_id,
    sheet,
    row_number,
    bill_key,
    {{ values_hash([
        "dataset_id", "transaction_id", "sale_date", "bill_store", "bill_customer"
    ]) }} as document_key,
    bill_store,
    bill_customer,
    product_id,
    product_name_key,
    quantity,
    net_revenue,
    sale_date

from completed
