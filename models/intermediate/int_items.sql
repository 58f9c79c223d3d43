with

names as (

    select * from {{ ref('int_product_names') }}

),

mentions as (

    select
        dataset_id,
        product_id,
        product_name_key,
        product_name,
        category,
        unit,
        line_count as mention_count,
        first_date,
        last_date,
        cast(null as decimal(18, 4)) as list_cost,
        cast(null as decimal(18, 4)) as list_price

    from {{ ref('int_sales_names') }}

    union all

    select
        dataset_id,
        product_id,
        product_name_key,
        product_name,
        category,
        unit,
        1 as mention_count,
        stock_date as first_date,
        stock_date as last_date,
        cast(null as decimal(18, 4)) as list_cost,
        cast(null as decimal(18, 4)) as list_price

    from {{ ref('stg_inventory') }}

    union all

    select
        dataset_id,
        product_id,
        product_name_key,
        product_name,
        category,
        unit,
        1 as mention_count,
        cast(null as date) as first_date,
        cast(null as date) as last_date,
        unit_cost as list_cost,
        sale_price as list_price

    from {{ ref('stg_products') }}

    union all

    select
        dataset_id,
        product_id,
        product_name_key,
        product_name,
        category,
        unit,
        1 as mention_count,
        purchase_date as first_date,
        purchase_date as last_date,
        cast(null as decimal(18, 4)) as list_cost,
        cast(null as decimal(18, 4)) as list_price

    from {{ ref('stg_purchases') }}

),

identified as (

    select
        mentions.dataset_id,
        coalesce(mentions.product_id, names.product_id, mentions.product_name_key) as product_id,
        mentions.product_name_key,
        mentions.product_name,
        mentions.category,
        mentions.unit,
        mentions.mention_count,
        mentions.first_date,
        mentions.last_date,
        mentions.list_cost,
        mentions.list_price

    from mentions

    left join names
        on
            mentions.dataset_id = names.dataset_id
            and mentions.product_name_key = names.product_name_key

),

items as (

    select
        dataset_id,
        product_id,
        max(list_cost) as list_cost,
        max(list_price) as list_price,
        min(first_date) as first_seen_date

    from identified

    group by dataset_id, product_id

),

-- The spelling most lines use; of equals the latest, then the first in the alphabet.
names_ranked as (

    select
        dataset_id,
        product_id,
        product_name,
        row_number() over (
            partition by dataset_id, product_id
            order by sum(mention_count) desc nulls last, max(last_date) desc nulls last, product_name asc nulls last
        ) as choice

    from identified

    where product_name is not null

    group by dataset_id, product_id, product_name

),

categories_ranked as (

    select
        dataset_id,
        product_id,
        category,
        row_number() over (
            partition by dataset_id, product_id
            order by sum(mention_count) desc nulls last, max(last_date) desc nulls last, category asc nulls last
        ) as choice

    from identified

    where category is not null

    group by dataset_id, product_id, category

),

units_ranked as (

    select
        dataset_id,
        product_id,
        unit,
        row_number() over (
            partition by dataset_id, product_id
            order by sum(mention_count) desc nulls last, unit asc nulls last
        ) as choice

    from identified

    where unit is not null

    group by dataset_id, product_id, unit

),

-- Postage and the like by the patterns; one match on any spelling is enough. What the owner of the
-- dataset says goes before the patterns for all.
owner_kinds as (

    select
        identified.dataset_id,
        identified.product_id,
        min(patterns.line_kind) as line_kind

    from identified

    inner join {{ ref('stg_line_patterns') }} as patterns
        on
            identified.dataset_id = patterns.dataset_id
            and identified.product_name_key like patterns.pattern

    group by identified.dataset_id, identified.product_id

),

charges as (

    select distinct
        identified.dataset_id,
        identified.product_id

    from identified

    inner join {{ ref('non_product_lines') }} as patterns
        on
            case
                when patterns.applies_to = 'id' then identified.product_id
                else identified.product_name_key
            end like patterns.pattern

)

select
    items.dataset_id,
    items.product_id,
    coalesce(names_ranked.product_name, items.product_id) as product_name,
    coalesce(categories_ranked.category, 'Uncategorised') as category,
    units_ranked.unit,
    coalesce(
        owner_kinds.line_kind, case when charges.product_id is null then 'product' else 'charge' end
    ) as line_kind,
    items.list_cost,
    items.list_price,
    items.first_seen_date

from items

left join names_ranked
    on
        items.dataset_id = names_ranked.dataset_id
        and items.product_id = names_ranked.product_id
        and names_ranked.choice = 1

left join categories_ranked
    on
        items.dataset_id = categories_ranked.dataset_id
        and items.product_id = categories_ranked.product_id
        and categories_ranked.choice = 1

left join units_ranked
    on
        items.dataset_id = units_ranked.dataset_id
        and items.product_id = units_ranked.product_id
        and units_ranked.choice = 1

left join owner_kinds
    on
        items.dataset_id = owner_kinds.dataset_id
        and items.product_id = owner_kinds.product_id

left join charges
    on
        items.dataset_id = charges.dataset_id
        and items.product_id = charges.product_id
