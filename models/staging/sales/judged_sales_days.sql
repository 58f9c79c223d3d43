{{ config(materialized='by_file', files='judged_sales_parts') }}

with

lines as (

    select all_lines.*

    from {{ ref('judged_sales_lines') }} as all_lines

    inner join {{ changed_files(ref('judged_sales_parts')) }} as files
        on all_lines.source_file_id = files.source_file_id

)

select
    dataset_id,
    source_file_id,
    count(*) as line_count,
    count(case when price_basis is null then 1 end) as unpriced_line_count,
    -- what other files are compared with, of the lines without a fault of their own
    count(money_key) as usable_line_count,
    {{ rows_digest('money_key') }} as money_digest,
    count(case when transaction_id is null then money_key end) as unnumbered_line_count,
    {{ rows_digest('case when transaction_id is null then money_key end') }} as unnumbered_digest,
    count(case when money_key is not null then store end) as stored_line_count,
    min(case when money_key is not null then store end) as first_store,
    max(case when money_key is not null then store end) as last_store,
    sale_date

from lines

group by dataset_id, source_file_id, sale_date
