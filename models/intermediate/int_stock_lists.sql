with

stock_rows as (

    select * from {{ ref('int_stock_rows') }}

),

files as (

    select
        source_file_id,
        file_name

    from {{ ref('stg_source_files') }}

),

goods as (

    -- distinct: batches of a product are one of its goods
    select distinct
        dataset_id,
        source_file_id,
        sheet,
        store,
        product_id

    from stock_rows

),

lists as (

    select
        stock_rows.dataset_id,
        stock_rows.source_file_id,
        stock_rows.sheet,
        stock_rows.store,
        files.file_name,
        max(stock_rows.stock_date) as list_date,
        count(distinct stock_rows.product_id) as product_count,
        row_number() over (
            partition by stock_rows.dataset_id, stock_rows.store
            order by
                max(stock_rows.stock_date) desc nulls last, files.file_name desc nulls last,
                stock_rows.sheet desc nulls last
        ) as recency

    from stock_rows

    left join files
        on stock_rows.source_file_id = files.source_file_id

    group by
        stock_rows.dataset_id, stock_rows.source_file_id, stock_rows.sheet, stock_rows.store,
        files.file_name

),

-- Too old to be a part of the newest list, which takes the place of it.
aged as (

    select
        lists.*,
        newest.source_file_id as newest_file_id,
        coalesce(
            {{ days_between('lists.list_date', 'newest.list_date') }}
            > {{ var('stock_list_days') }},
            false
        ) as is_old

    from lists

    inner join lists as newest
        on
            lists.dataset_id = newest.dataset_id
            and lists.store = newest.store
            and newest.recency = 1

),

recent_goods as (

    select
        goods.*,
        aged.recency,
        aged.product_count

    from goods

    inner join aged
        on
            goods.source_file_id = aged.source_file_id
            and goods.sheet = aged.sheet
            and goods.store = aged.store

    where not aged.is_old

),

-- Lists of other goods are parts of one; a list that names the same goods later takes the place.
followed as (

    select
        older.source_file_id,
        older.sheet,
        older.store,
        newer.source_file_id as newer_file_id,
        row_number() over (
            partition by older.source_file_id, older.sheet, older.store
            order by newer.recency asc nulls last
        ) as choice

    from recent_goods as older

    inner join recent_goods as newer
        on
            older.dataset_id = newer.dataset_id
            and older.store = newer.store
            and older.product_id = newer.product_id
            and older.recency > newer.recency

    group by
        older.source_file_id, older.sheet, older.store, older.product_count,
        newer.source_file_id, newer.recency, newer.product_count

    having
        count(*)
        >= {{ var('stock_list_shared') }} * least(older.product_count, newer.product_count)

)

select
    aged.dataset_id,
    aged.source_file_id,
    aged.sheet,
    aged.store,
    aged.list_date,
    case when aged.is_old then aged.newest_file_id else followed.newer_file_id end as newer_file_id

from aged

left join followed
    on
        aged.source_file_id = followed.source_file_id
        and aged.sheet = followed.sheet
        and aged.store = followed.store
        and followed.choice = 1
