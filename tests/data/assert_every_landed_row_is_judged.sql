-- A join in staging must neither lose nor double a line: each landed row has exactly one verdict.
{{ config(meta={"dagster": {"ref": {"name": "int_rows_counted"}}}) }}

with

landed as (

    select
        source_file_id,
        rows_landed

    from {{ ref('stg_source_files') }}

    where status != 'superseded'

),

judged as (

    select
        source_file_id,
        rows_judged

    from {{ ref('int_rows_counted') }}

)

select
    landed.source_file_id,
    landed.rows_landed,
    judged.rows_judged

from landed

full join judged
    on landed.source_file_id = judged.source_file_id

where coalesce(landed.rows_landed, -1) != coalesce(judged.rows_judged, 0)
