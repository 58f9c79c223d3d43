with

files as (

    select * from {{ ref('stg_source_files') }}

),

counted as (

    select * from {{ ref('int_rows_counted') }}

),

-- Where a file tells net from gross only by its tax, its total is one with tax and ours is not.
files_with_tax as (

    select source_file_id

    from {{ ref('stg_columns') }}

    group by source_file_id

    having
        count(case when field = 'tax_amount' then 1 end) > 0
        and count(case when field = 'net_amount' then 1 end) = 0

),

totals as (

    select
        files.source_file_id,
        {{ parse_amount('files.printed_total', 'files.decimal_mark') }} as printed_total,
        counted.accepted_total

    from files

    inner join counted
        on files.source_file_id = counted.source_file_id

    left join files_with_tax
        on files.source_file_id = files_with_tax.source_file_id

    where files_with_tax.source_file_id is null

),

-- Bills round themselves off, and a list of returns prints what is taken off without a minus.
compared as (

    select
        *,
        least(abs(printed_total - accepted_total), abs(printed_total + accepted_total)) as amount

    from totals

    where printed_total is not null and accepted_total is not null

)

select
    source_file_id,
    case when amount <= 1 then 'note' else 'warning' end as severity,
    case when amount <= 1 then 'total_agrees' else 'total_differs' end as code,
    case
        when amount <= 1 then 'The lines used add up to the total the file itself prints.'
        else
            'The total line of the file says '
            || cast(cast(printed_total as decimal(18, 2)) as string)
            || ', the lines used add up to '
            || cast(cast(accepted_total as decimal(18, 2)) as string)
            || '. Rejected or cancelled rows, or lines missing from the file, make the '
            || 'difference.'
    end as message,
    cast(amount as decimal(18, 4)) as amount

from compared
