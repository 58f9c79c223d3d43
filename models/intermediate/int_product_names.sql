with

mentions as (

    select * from {{ ref('int_mentions_unioned') }}

)

select
    dataset_id,
    product_name_key,
    min(product_id) as product_id

from mentions

where product_id is not null and product_name_key is not null

group by dataset_id, product_name_key

having count(distinct product_id) = 1
