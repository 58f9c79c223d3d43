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
        message,
        cast(null as bigint) as row_number

    from {{ ref('int_file_overlaps') }}

),

equal_lines as (

    select
        source_file_id,
        sum(equal_line_count) as line_count

    from {{ ref('int_sales_verdicts') }}

    where outcome = 'accepted' and equal_line_count > 0

    group by source_file_id

),

negative_stock_issues as (

    select
        source_file_id,
        'warning' as severity,
        'negative_stock' as code,
        cast(count(*) as varchar) || ' product(s) have less than nothing in stock, so some '
        || 'purchase or stock count is missing. Their cover is unknown until the stock is '
        || 'corrected.' as message,
        min(row_number) as row_number

    from {{ ref('stg_inventory') }}

    where quantity < 0

    group by source_file_id

),

code_issues as (

    select * from {{ ref('int_code_issues') }}

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
        end as message,
        cast(null as bigint) as row_number

    from {{ ref('int_file_totals') }}

),

equal_line_issues as (

    select
        source_file_id,
        'warning' as severity,
        'equal_lines_in_one_bill' as code,
        cast(line_count as varchar) || ' line(s) repeat another line of the same bill. They were '
        || 'counted, since a till scans the same thing twice; delete them in the file if they are '
        || 'mistakes.' as message,
        cast(null as bigint) as row_number

    from equal_lines

),

issues as (

    select * from reader_issues
    union all
    select * from equal_line_issues
    union all
    select * from overlap_issues
    union all
    select * from negative_stock_issues
    union all
    select * from total_issues
    union all
    select * from code_issues

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
