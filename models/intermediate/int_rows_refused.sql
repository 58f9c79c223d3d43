with

refused as (

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        outcome,
        reason,
        row_text

    from {{ ref('int_sales_refused') }}

    union all

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        outcome,
        reason,
        row_text

    from {{ ref('int_list_rows') }}

    where outcome != 'accepted'

)

select * from refused
