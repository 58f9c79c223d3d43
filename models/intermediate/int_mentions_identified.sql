{{ config(materialized='view') }}

with

mentions as (

    select * from {{ ref('int_mentions_unioned') }}

),

names as (

    select * from {{ ref('int_product_names') }}

)

select
    mentions.dataset_id,
    coalesce(mentions.product_id, names.product_id, mentions.product_name_key) as product_id,
    mentions.product_name_key,
    mentions.product_name,
    mentions.category,
    mentions.unit,
    mentions.mention_count,
    mentions.list_cost,
    mentions.list_price,
    mentions.first_date,
    mentions.last_date

from mentions

left join names
    on
        mentions.dataset_id = names.dataset_id
        and mentions.product_name_key = names.product_name_key
