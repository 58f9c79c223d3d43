-- Postage and the like by the patterns; one match on any spelling is enough. What the owner of the
-- dataset says goes before the patterns for all.
with

mentions as (

    select * from {{ ref('int_item_mentions') }}

),

owner_patterns as (

    select * from {{ ref('stg_line_patterns') }}

),

charge_patterns as (

    select * from {{ ref('non_product_lines') }}

),

items as (

    -- distinct: an item has several categories and units: each is held against the patterns once
    select distinct
        dataset_id,
        product_id,
        product_name_key

    from mentions

),

matches as (

    select
        items.dataset_id,
        items.product_id,
        owner_patterns.line_kind as owner_kind,
        cast(null as varchar) as usual_kind

    from items

    inner join owner_patterns
        on
            items.dataset_id = owner_patterns.dataset_id
            and items.product_name_key like owner_patterns.pattern

    union all

    select
        items.dataset_id,
        items.product_id,
        cast(null as varchar) as owner_kind,
        'charge' as usual_kind

    from items

    inner join charge_patterns
        on
            case
                when charge_patterns.applies_to = 'id' then items.product_id
                else items.product_name_key
            end like charge_patterns.pattern

)

select
    dataset_id,
    product_id,
    coalesce(min(owner_kind), min(usual_kind)) as line_kind

from matches

group by dataset_id, product_id
