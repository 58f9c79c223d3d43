-- Postage and the like by the words of its name and by patterns. What the owner of the dataset says
-- goes before both.
with

mentions as (

    select * from {{ ref('int_mentions_unioned') }}

),

owner_patterns as (

    select
        dataset_id,
        {{ like_pattern('pattern') }} as pattern,
        line_kind

    from {{ ref('stg_line_patterns') }}

),

charge_names as (

    select * from {{ ref('int_charge_names') }}

),

charge_patterns as (

    select
        {{ like_pattern('pattern') }} as pattern,
        applies_to

    from {{ ref('non_product_lines') }}

),

namings as (

    select
        dataset_id,
        product_id,
        product_name_key,
        cast(sum(mention_count) as bigint) as mention_count,
        cast(
            sum(case when revenue is not null then mention_count else 0 end) as bigint
        ) as line_count,
        cast(sum(quantity) as decimal(18, 3)) as quantity,
        cast(sum(revenue) as decimal(18, 4)) as revenue,
        min(case when revenue is not null then first_date end) as first_sale_date,
        max(case when revenue is not null then last_date end) as last_sale_date

    from mentions

    group by dataset_id, product_id, product_name_key

)

select
    namings.dataset_id,
    namings.product_id,
    namings.product_name_key,
    namings.mention_count,
    namings.line_count,
    namings.quantity,
    namings.revenue,
    namings.first_sale_date,
    namings.last_sale_date,
    coalesce(
        min(owner_patterns.line_kind),
        case
            when count(charge_patterns.pattern) > 0 then 'charge'
            -- with a code of its own and sold by the piece it is goods
            when
                bool_or(charge_names.may_be_goods)
                and namings.product_id is not null
                and namings.quantity >= 2 * namings.line_count
                then null
            when count(charge_names.product_name_key) > 0 then 'charge'
        end
    ) as line_kind

from namings

left join owner_patterns
    on
        namings.dataset_id = owner_patterns.dataset_id
        and namings.product_name_key like owner_patterns.pattern escape '^'

left join charge_names
    on namings.product_name_key = charge_names.product_name_key

left join charge_patterns
    on
        case
            when charge_patterns.applies_to = 'id'
                then coalesce(namings.product_id, namings.product_name_key)
            else namings.product_name_key
        end like charge_patterns.pattern escape '^'

group by
    namings.dataset_id, namings.product_id, namings.product_name_key, namings.mention_count,
    namings.line_count, namings.quantity, namings.revenue, namings.first_sale_date,
    namings.last_sale_date
