with

issues as (

    select * from {{ source('raw', 'raw_file_issues') }}

),

files as (

    select * from {{ ref('stg_source_files') }}

),

reader_issues as (

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

),

equal_lines as (

    select
        source_file_id,
        sum(equal_line_count) as line_count

    from {{ ref('int_sales_verdicts') }}

    where outcome = 'accepted' and equal_line_count > 0

    group by source_file_id

),

equal_line_issues as (

    select
        files.dataset_id,
        files.source_file_id,
        files.file_name,
        'warning' as severity,
        'equal_lines_in_one_bill' as code,
        cast(equal_lines.line_count as varchar) || ' line(s) repeat another line of the same bill. They were '
        || 'counted, since a till scans the same thing twice; delete them in the file if they are mistakes.'
            as message,
        cast(null as bigint) as row_number

    from equal_lines

    inner join files
        on equal_lines.source_file_id = files.source_file_id

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

negative_stock_issues as (

    select
        files.dataset_id,
        files.source_file_id,
        files.file_name,
        'warning' as severity,
        'negative_stock' as code,
        cast(negative_stock.row_count as varchar) || ' product(s) have less than nothing in stock, so some '
        || 'purchase or stock count is missing. Their cover is unknown until the stock is corrected.' as message,
        negative_stock.first_row as row_number

    from negative_stock

    inner join files
        on negative_stock.source_file_id = files.source_file_id

),

-- Where a file tells net from gross only by its tax, its total is one with tax and ours is not.
files_with_tax as (

    select source_file_id

    from {{ source('raw', 'raw_columns') }}

    group by source_file_id

    having
        count(case when field = 'tax_amount' then 1 end) > 0
        and count(case when field = 'net_amount' then 1 end) = 0

),

totals as (

    select
        files.dataset_id,
        files.source_file_id,
        files.file_name,
        counted.accepted_total,
        try_cast({{ number_text('files.printed_total', 'files.decimal_mark') }} as decimal(18, 4)) as printed_total

    from files

    inner join {{ ref('int_rows_counted') }} as counted
        on files.source_file_id = counted.source_file_id

    left join files_with_tax
        on files.source_file_id = files_with_tax.source_file_id

    where files.printed_total is not null and files_with_tax.source_file_id is null

),

total_issues as (

    select
        dataset_id,
        source_file_id,
        file_name,
        case when abs(printed_total - accepted_total) <= 1 then 'note' else 'warning' end as severity,
        case when abs(printed_total - accepted_total) <= 1 then 'total_agrees' else 'total_differs' end as code,
        case
            when abs(printed_total - accepted_total) <= 1
                then 'The lines used add up to the total the file itself prints.'
            else
                'The total line of the file says ' || cast(cast(printed_total as decimal(18, 2)) as varchar)
                || ', the lines used add up to ' || cast(cast(accepted_total as decimal(18, 2)) as varchar)
                || '. Rejected or cancelled rows, or lines missing from the file, make the difference.'
        end as message,
        cast(null as bigint) as row_number

    from totals

    where printed_total is not null and accepted_total is not null

),

issues_united as (

    select * from reader_issues
    union all
    select * from equal_line_issues
    union all
    select * from negative_stock_issues
    union all
    select * from total_issues

)

select * from issues_united

order by dataset_id, file_name, severity, code, row_number, message
