{{ config(materialized='by_file', files='judged_sales_parts') }}

with

lines as (

    select
        source_file_id,
        bill_key,
        sale_date

    from {{ ref('judged_sales_lines') }}

    where bill_key is not null

),

shared_days as (

    select * from {{ ref('judged_sales_shared_days') }}

    where has_bills

),

changed as (

    select source_file_id from {{ changed_files(ref('judged_sales_parts')) }}

),

-- Of two files the one that came later knows of both.
news as (

    select *

    from shared_days

    where
        source_file_id in (select changed.source_file_id from changed)
        or other_file_id in (select changed.source_file_id from changed)

),

file_days as (

    select
        source_file_id,
        sale_date

    from news

    union

    select
        other_file_id as source_file_id,
        sale_date

    from news

),

bills as (

    -- distinct: a bill has many lines
    select distinct
        lines.source_file_id,
        lines.bill_key

    from lines

    inner join file_days
        on
            lines.source_file_id = file_days.source_file_id
            and lines.sale_date = file_days.sale_date

),

shared as (

    select bill_key

    from bills

    group by bill_key

    having count(*) > 1

)

select
    bills.source_file_id,
    bills.bill_key

from bills

inner join shared
    on bills.bill_key = shared.bill_key

inner join changed
    on bills.source_file_id = changed.source_file_id
