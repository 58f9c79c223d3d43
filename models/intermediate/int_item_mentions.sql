with

mentions as (

    select * from {{ ref('int_mentions_unioned') }}

),

names as (

    select * from {{ ref('int_product_names') }}

),

identified as (

    select
        mentions.*,
        coalesce(mentions.product_id, names.product_id, mentions.product_name_key) as item_id

    from mentions

    left join names
        on
            mentions.dataset_id = names.dataset_id
            and mentions.product_name_key = names.product_name_key

)

select
    dataset_id,
    item_id as product_id,
    product_name_key,
    product_name,
    category,
    unit,
    cast(sum(mention_count) as bigint) as mention_count,
    max(list_cost) as list_cost,
    max(list_price) as list_price,
    min(first_date) as first_date,
    max(last_date) as last_date

from identified

group by dataset_id, item_id, product_name_key, product_name, category, unit
