with

mentions as (

    select * from {{ ref('int_item_mentions') }}

),

items as (

    select
        dataset_id,
        product_id,
        min(line_kind) as line_kind,
        max(list_cost) as list_cost,
        max(list_price) as list_price,
        min(first_date) as first_seen_date

    from mentions

    group by dataset_id, product_id

),

spellings as (

    select
        dataset_id,
        product_id,
        'name' as part,
        product_name as spelling,
        mention_count,
        last_date

    from mentions

    union all

    select
        dataset_id,
        product_id,
        'category' as part,
        category as spelling,
        mention_count,
        last_date

    from mentions

    union all

    select
        dataset_id,
        product_id,
        'unit' as part,
        unit as spelling,
        mention_count,
        -- pieces do not become boxes in the course of time: of equals the alphabet decides
        cast(null as date) as last_date

    from mentions

),

-- The spelling most lines use; of equals the latest, then the first in the alphabet.
ranked as (

    select
        dataset_id,
        product_id,
        part,
        spelling,
        row_number() over (
            partition by dataset_id, product_id, part
            order by
                sum(mention_count) desc nulls last, max(last_date) desc nulls last,
                spelling asc nulls last
        ) as choice

    from spellings

    where spelling is not null

    group by dataset_id, product_id, part, spelling

),

chosen as (

    select
        dataset_id,
        product_id,
        max(case when part = 'name' then spelling end) as product_name,
        max(case when part = 'category' then spelling end) as category,
        max(case when part = 'unit' then spelling end) as unit

    from ranked

    where choice = 1

    group by dataset_id, product_id

)

select
    items.dataset_id,
    items.product_id,
    coalesce(chosen.product_name, items.product_id) as product_name,
    coalesce(chosen.category, 'Uncategorised') as category,
    chosen.unit,
    items.line_kind,
    items.list_cost,
    items.list_price,
    items.first_seen_date

from items

left join chosen
    on items.dataset_id = chosen.dataset_id and items.product_id = chosen.product_id
