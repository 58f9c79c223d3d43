with

files as (

    select * from {{ ref('stg_source_files') }}

),

outcomes as (

    select * from {{ ref('int_rows_counted') }}

)

select
    files.dataset_id,
    files.source_file_id,
    files.file_name,
    files.sha256,
    files.container,
    files.kind,
    files.profile,
    -- the same content saved in another way
    case when outcomes.rows_repeated = files.rows_landed then 'duplicate' else files.status end as status,
    case when outcomes.rows_repeated = files.rows_landed then 'same_lines' else files.reason end as reason,
    case
        when outcomes.rows_repeated = files.rows_landed
            then 'All its lines stand in other files too and were counted once. Nothing to do.'
        else files.message
    end as message,
    files.printed_total,
    files.size_bytes,
    files.header_row,
    files.rows_found,
    coalesce(outcomes.rows_accepted, 0) as rows_accepted,
    coalesce(outcomes.rows_rejected, 0) as rows_rejected,
    cast(
        files.blank_rows + files.repeated_header_rows + files.total_rows + files.note_rows
        + case
            when files.status = 'superseded' then files.rows_landed
            else coalesce(outcomes.rows_set_aside, 0)
        end as bigint
    ) as rows_ignored,
    files.blank_rows,
    files.repeated_header_rows,
    files.total_rows,
    files.note_rows,
    outcomes.accepted_total,
    files.ingested_at

from files

left join outcomes
    on files.source_file_id = outcomes.source_file_id

order by files.dataset_id, files.file_name
