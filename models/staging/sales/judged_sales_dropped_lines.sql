with

dropped_bills as (

    select * from {{ ref('judged_sales_dropped_bills') }}

),

bill_lines as (

    select * from {{ ref('judged_sales_bill_lines') }}

),

days as (

    select * from {{ ref('judged_sales_day_overlaps') }}

    where verdict = 'once'

),

day_lines as (

    select * from {{ ref('judged_sales_day_lines') }}

),

dropped as (

    select
        bill_lines.dataset_id,
        bill_lines.source_file_id,
        bill_lines.sheet,
        bill_lines.row_number,
        dropped_bills.other_file_id,
        dropped_bills.reason,
        bill_lines.net_revenue,
        bill_lines.sale_date

    from bill_lines

    inner join dropped_bills
        on
            bill_lines.source_file_id = dropped_bills.source_file_id
            and bill_lines.document_key = dropped_bills.document_key

    union all

    select
        day_lines.dataset_id,
        day_lines.source_file_id,
        day_lines.sheet,
        day_lines.row_number,
        days.other_file_id,
        'repeated_day' as reason,
        day_lines.net_revenue,
        day_lines.sale_date

    from day_lines

    inner join days
        on
            day_lines.source_file_id = days.source_file_id
            and day_lines.has_bills = days.has_bills
            and day_lines.sale_date = days.sale_date

)

-- A line that stands in several other files is dropped once.
select
    dataset_id,
    source_file_id,
    sheet,
    row_number,
    max(reason) as reason,
    min(other_file_id) as other_file_id,
    net_revenue,
    sale_date

from dropped

group by dataset_id, source_file_id, sheet, row_number, net_revenue, sale_date
