with

repeated as (

    select * from {{ ref('judged_sales_repeated_keys') }}

),

priced as (

    select * from {{ ref('judged_sales_priced') }}

    where first_reason is null

),

dropped as (

    select * from {{ ref('judged_sales_dropped_lines') }}

),

-- The same line of the same bill counts once. Without a line id the second equal line of a bill is
-- a second sale; lines that differ in anything that is known are two.
numbered as (

    select
        priced.dataset_id,
        priced.source_file_id,
        priced.sheet,
        priced.row_number,
        priced.line_id,
        priced.net_revenue,
        priced.sale_date,
        row_number() over (
            partition by
                priced.source_file_id, priced.transaction_id, priced.line_id, priced.sale_date,
                priced.document_type, priced.store, priced.customer_id, priced.product_id,
                priced.product_name_key, priced.category, priced.unit, priced.quantity,
                priced.net_revenue, priced.line_cost
            order by priced.sheet asc nulls last, priced.row_number asc nulls last
        ) as occurrence

    from priced

    inner join repeated
        on
            priced.source_file_id = repeated.source_file_id
            and priced.repeat_key = repeated.repeat_key

),

in_one_file as (

    select
        numbered.dataset_id,
        numbered.source_file_id,
        numbered.sheet,
        numbered.row_number,
        cast(null as string) as other_file_id,
        case when numbered.line_id is not null then 'duplicate_line' end as reason,
        numbered.occurrence,
        numbered.net_revenue,
        numbered.sale_date

    from numbered

    left join dropped
        on
            numbered.source_file_id = dropped.source_file_id
            and numbered.sheet = dropped.sheet
            and numbered.row_number = dropped.row_number

    where numbered.occurrence > 1 and dropped.source_file_id is null

)

select * from in_one_file

union all

select
    dataset_id,
    source_file_id,
    sheet,
    row_number,
    other_file_id,
    reason,
    1 as occurrence,
    net_revenue,
    sale_date

from dropped
