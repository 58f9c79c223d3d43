{% set checks = [
    'int_file_overlaps', 'int_file_totals', 'int_code_issues', 'int_document_issues',
    'int_figure_issues', 'int_unit_issues', 'int_rejection_issues'
] %}

with

files as (

    select * from {{ ref('stg_source_files') }}

),

counted as (

    select * from {{ ref('int_rows_counted') }}

),

reader_issues as (

    select
        issues.source_file_id,
        issues.severity,
        issues.code,
        issues.message,
        issues.row_number,
        cast(issues.revenue_share * counted.accepted_total as decimal(18, 4)) as amount

    from {{ ref('stg_file_issues') }} as issues

    left join counted
        on issues.source_file_id = counted.source_file_id

),

-- What is found by comparing files, in the same words for all of them.
check_issues as (

    {% for check in checks %}
        {% if not loop.first %} union all {% endif %}
        select
            source_file_id,
            severity,
            code,
            message,
            cast(null as bigint) as row_number,
            amount

        from {{ ref(check) }}
    {% endfor %}

),

equal_line_issues as (

    select
        source_file_id,
        'warning' as severity,
        'equal_lines_in_one_bill' as code,
        cast(sum(equal_line_count) as string) || ' line(s) repeat another line of the same bill. '
        || 'They were counted, since a till scans the same thing twice; delete them in the file if '
        || 'they are mistakes.' as message,
        cast(null as bigint) as row_number,
        sum(equal_line_amount) as amount

    from {{ ref('int_sales_verdicts') }}

    where outcome = 'accepted' and equal_line_count > 0

    group by source_file_id

),

negative_stock_issues as (

    select
        source_file_id,
        'warning' as severity,
        'negative_stock' as code,
        cast(count(*) as string) || ' product(s) have less than nothing in stock, so some '
        || 'purchase or stock count is missing. Their cover is unknown until the stock is '
        || 'corrected.' as message,
        min(row_number) as row_number,
        cast(null as decimal(18, 4)) as amount

    from {{ ref('stg_inventory') }}

    where quantity < 0

    group by source_file_id

),

issues as (

    select * from reader_issues
    union all
    select * from check_issues
    union all
    select * from equal_line_issues
    union all
    select * from negative_stock_issues

),

-- Of a shop with more returns than sales no part says anything.
revenues as (

    select
        dataset_id,
        sum(accepted_total) as revenue

    from counted

    group by dataset_id

    having sum(accepted_total) > 0

)

select
    files.dataset_id,
    issues.source_file_id,
    files.file_name,
    issues.severity,
    issues.code,
    issues.message,
    issues.row_number,
    cast(abs(issues.amount) as decimal(18, 2)) as amount,
    cast({{ ratio('abs(issues.amount)', 'revenues.revenue') }} as decimal(18, 6)) as revenue_share

from issues

inner join files
    on issues.source_file_id = files.source_file_id

left join revenues
    on files.dataset_id = revenues.dataset_id

order by
    files.dataset_id,
    files.file_name,
    issues.severity,
    issues.code,
    issues.row_number,
    issues.message
