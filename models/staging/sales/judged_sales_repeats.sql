with

repeated as (

    -- distinct: each file that had the key names it
    select distinct repeat_key

    from {{ ref('judged_sales_repeated_keys') }}

),

lines as (

    select priced.*

    from {{ ref('judged_sales_priced') }} as priced

    inner join repeated
        on priced.repeat_key = repeated.repeat_key

    where priced.first_reason is null and priced.transaction_id is not null

),

-- The same line of the same transaction counts once, whichever file it stands in. Without a line id
-- the second equal line of a bill is a second sale, so equal lines are matched by their order of
-- occurrence.
numbered as (

    select
        *,
        row_number() over (
            partition by
                dataset_id, source_file_id, transaction_id, line_id, sale_date, product_id,
                product_name_key, quantity, net_revenue
            order by sheet asc nulls last, row_number asc nulls last
        ) as occurrence

    from lines

),

copies as (

    select
        dataset_id,
        source_file_id,
        sheet,
        row_number,
        row_number() over (
            partition by
                dataset_id, transaction_id, line_id, sale_date, product_id, product_name_key,
                quantity, net_revenue,
                case when line_id is null then occurrence else 1 end
            order by source_file_id asc nulls last, sheet asc nulls last, row_number asc nulls last
        ) as copy_number,
        occurrence

    from numbered

)

select * from copies

where copy_number > 1 or occurrence > 1
