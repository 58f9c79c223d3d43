-- Every file with sales lines, and what tells whether its lines changed since they were read.
with

files as (

    select * from {{ ref('stg_source_files') }}

),

parts as (

    {{ landed_parts('raw_sales') }}

)

select
    files.dataset_id,
    files.source_file_id,
    parts.part as fingerprint

from files

inner join parts
    on files.source_file_id = parts.source_file_id

-- a superseded snapshot lies in raw and counts for nothing
where files.status = 'accepted'
