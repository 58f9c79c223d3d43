-- Every row a file holds is accepted, rejected or ignored: never two of them, never none.
{{ config(meta={"dagster": {"ref": {"name": "source_files"}}}) }}

select
    file_name,
    rows_found,
    rows_accepted,
    rows_rejected,
    rows_ignored

from {{ ref('source_files') }}

where rows_found is distinct from rows_accepted + rows_rejected + rows_ignored
