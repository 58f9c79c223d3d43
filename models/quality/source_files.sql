with

files as (

    select * from {{ ref('stg_source_files') }}

),

counted as (

    select * from {{ ref('int_rows_counted') }}

),

-- A stock list of which nothing counts because newer ones name the same goods.
followed as (

    select
        lists.source_file_id,
        min(lists.newer_file_id) as newer_file_id

    from {{ ref('int_stock_lists') }} as lists

    group by lists.source_file_id

    having count(*) = count(lists.newer_file_id)

),

-- The same content saved in another way: every line stands elsewhere too.
outcomes as (

    select
        files.*,
        counted.accepted_total,
        coalesce(counted.rows_accepted, 0) as rows_accepted,
        coalesce(counted.rows_rejected, 0) as rows_rejected,
        coalesce(counted.rows_set_aside, 0) as rows_set_aside,
        coalesce(counted.rows_tested, 0) as rows_tested,
        coalesce(counted.rows_explained, 0) as rows_explained,
        coalesce(counted.rows_repeated = files.rows_landed, false) as is_duplicate,
        newer.file_name as newer_name

    from files

    left join counted
        on files.source_file_id = counted.source_file_id

    left join followed
        on files.source_file_id = followed.source_file_id

    left join files as newer
        on followed.newer_file_id = newer.source_file_id

)

select
    dataset_id,
    source_file_id,
    file_name,
    sha256,
    container,
    kind,
    profile,
    case
        when is_duplicate then 'duplicate'
        when newer_name is not null then 'superseded'
        else status
    end as status,
    case
        when is_duplicate then 'same_lines'
        when newer_name is not null then 'newer_list'
        else reason
    end as reason,
    case
        when is_duplicate
            then 'All its lines stand in other files too and were counted once. Nothing to do.'
        when newer_name is not null
            then
                'The stock list ' || newer_name || ' is newer and names the same goods: only that '
                || 'one counts. Nothing to do.'
        else message
    end as message,
    printed_total,
    size_bytes,
    header_row,
    rows_found,
    rows_accepted,
    rows_rejected,
    cast(
        blank_rows + repeated_header_rows + total_rows + note_rows
        + case when status = 'superseded' then rows_landed else rows_set_aside end as bigint
    ) as rows_ignored,
    blank_rows,
    repeated_header_rows,
    total_rows,
    note_rows,
    rows_tested,
    rows_explained,
    accepted_total,
    ingested_at

from outcomes

order by dataset_id, file_name
