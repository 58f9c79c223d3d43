with

mentions as (

    select * from {{ ref('int_mentions_unioned') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

rates as (

    select * from {{ ref('int_unit_rates') }}

),

identified as (

    select
        mentions.*,
        case
            when {{ is_sold_in_one_unit('identities') }}
                then case when rates.product_id is null then 1 else rates.rate end
        end as rate,
        identities.item_id,
        identities.line_kind,
        case when mentions.product_name_key is not null then mentions.product_name end as item_name,
        {{ told_text('mentions.category') }} as item_category,
        {{ told_text('mentions.unit') }} as item_unit

    from mentions

    inner join identities
        on {{ same_naming('mentions', 'identities') }}

    left join rates
        on {{ same_unit('mentions', 'identities') }}

)

select
    dataset_id,
    item_id as product_id,
    line_kind,
    item_name as product_name,
    item_category as category,
    item_unit as unit,
    cast(sum(mention_count) as bigint) as mention_count,
    max({{ cost_of_unit_sold('list_cost', 'rate') }}) as list_cost,
    max({{ cost_of_unit_sold('list_price', 'rate') }}) as list_price,
    min(first_date) as first_date,
    max(last_date) as last_date

from identified

group by dataset_id, item_id, line_kind, item_name, item_category, item_unit
