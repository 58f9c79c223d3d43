with

files as (

    select * from {{ ref('stg_source_files') }}

),

reader_issues as (

    select
        source_file_id,
        severity,
        code,
        message,
        row_number

    from {{ ref('stg_file_issues') }}

),

overlap_issues as (

    select
        source_file_id,
        severity,
        code,
        message

    from {{ ref('int_file_overlaps') }}

),

document_issues as (

    select * from {{ ref('int_document_issues') }}

),

equal_line_issues as (

    select
        source_file_id,
        'warning' as severity,
        'equal_lines_in_one_bill' as code,
        cast(sum(equal_line_count) as varchar) || ' line(s) repeat another line of the same bill. '
        || 'They were counted, since a till scans the same thing twice; delete them in the file if '
        || 'they are mistakes.' as message

    from {{ ref('int_sales_verdicts') }}

    where outcome = 'accepted' and equal_line_count > 0

    group by source_file_id

),

negative_stock as (

    select
        source_file_id,
        count(*) as row_count,
        min(row_number) as first_row

    from {{ ref('stg_inventory') }}

    where quantity < 0

    group by source_file_id

),

total_issues as (

    select
        source_file_id,
        case when is_matched then 'note' else 'warning' end as severity,
        case when is_matched then 'total_agrees' else 'total_differs' end as code,
        case
            when is_matched then 'The lines used add up to the total the file itself prints.'
            else
                'The total line of the file says '
                || cast(cast(printed_total as decimal(18, 2)) as varchar)
                || ', the lines used add up to '
                || cast(cast(accepted_total as decimal(18, 2)) as varchar)
                || '. Rejected or cancelled rows, or lines missing from the file, make the '
                || 'difference.'
        end as message

    from {{ ref('int_file_totals') }}

),

negative_stock_issues as (

    select
        source_file_id,
        'warning' as severity,
        'negative_stock' as code,
        cast(row_count as varchar) || ' product(s) have less than nothing in stock, so some '
        || 'purchase or stock count is missing. Their cover is unknown until the stock is '
        || 'corrected.' as message,
        first_row as row_number

    from negative_stock

),

issues as (

    select * from reader_issues
    union all by name
    select * from equal_line_issues
    union all by name
    select * from overlap_issues
    union all by name
    select * from document_issues
    union all by name
    select * from negative_stock_issues
    union all by name
    select * from total_issues

)

select
    files.dataset_id,
    issues.source_file_id,
    files.file_name,
    issues.severity,
    issues.code,
    issues.message,
    issues.row_number

from issues

inner join files
    on issues.source_file_id = files.source_file_id

order by
    files.dataset_id,
    files.file_name,
    issues.severity,
    issues.code,
    issues.row_number,
    issues.message
