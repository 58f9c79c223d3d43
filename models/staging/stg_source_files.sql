with

source as (

    select * from {{ source('raw', 'raw_source_files') }}

),

-- Several copies of one company's book: the newest holds all that the others do, deletions
-- included.
ranked as (

    select
        *,
        case
            when status = 'accepted' and book_id is not null then row_number() over (
                partition by dataset_id, status, book_id
                order by snapshot_at desc nulls last, source_file_id asc nulls last
            )
        end as age_rank,
        case
            when status = 'accepted' and book_id is not null then first_value(file_name) over (
                partition by dataset_id, status, book_id
                order by snapshot_at desc nulls last, source_file_id asc nulls last
                rows between unbounded preceding and unbounded following
            )
        end as newest_file_name

    from source

)

select
    dataset_id,
    source_file_id,
    file_name,
    sha256,
    container,
    kind,
    profile,
    case when age_rank > 1 then 'superseded' else status end as status,
    case when age_rank > 1 then 'newer_snapshot' else reason end as reason,
    case
        when age_rank > 1
            then
                newest_file_name
                || ' is a newer copy of the same book and is used instead. Nothing to do.'
        else message
    end as message,
    printed_total,
    decimal_mark,
    book_id,
    snapshot_at,
    size_bytes,
    header_row,
    rows_found,
    rows_landed,
    blank_rows,
    repeated_header_rows,
    total_rows,
    note_rows,
    ingested_at

from ranked
