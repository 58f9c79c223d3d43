with

products as (

    select * from {{ ref('int_products') }}

),

-- The panel runs on after a product's last sale, so a lost product has a row to stand on.
comparisons as (

    select
        dataset_id,
        entity_id as product_id,
        quantity,
        quantity_previous,
        {{ money('revenue') }} as revenue,
        {{ money('revenue_previous') }} as revenue_previous,
        is_complete,
        line_count > 0 as is_sold,
        line_count_previous > 0 as was_sold,
        month

    from {{ ref('int_entity_comparisons') }}

    where
        entity_type = 'product'
        -- null when the month before is no measure
        and line_count_previous is not null
        and (line_count > 0 or line_count_previous > 0)

),

-- The price effect is rounded once, the quantity effect is the rest: the parts add up exactly.
split as (

    select
        *,
        revenue - revenue_previous as revenue_difference,
        quantity > 0 and quantity_previous > 0 as has_prices,
        {{ money(fixed(
            '(' ~ quotient('revenue', 'quantity')
            ~ ' - ' ~ quotient('revenue_previous', 'quantity_previous')
            ~ ') * cast(cast(quantity as decimal(20, 3)) + quantity_previous as double) * 0.5', 2
        )) }} as price_part

    from comparisons

)

select
    split.dataset_id,
    split.month,
    split.product_id,
    products.product_name,
    products.category,
    split.is_complete,
    split.revenue,
    split.revenue_previous,
    {{ money('split.revenue_difference') }} as revenue_difference,
    {{ money('case when split.has_prices then split.price_part else 0 end') }} as price_effect,
    {{ money(
        'case when split.has_prices then split.revenue_difference - split.price_part else 0 end'
    ) }} as quantity_effect,
    {{ money(
        'case when split.is_sold and not split.was_sold then split.revenue else 0 end'
    ) }} as new_effect,
    {{ money(
        'case when split.was_sold and not split.is_sold then -split.revenue_previous else 0 end'
    ) }} as lost_effect,
    {{ money(
        'case when split.is_sold and split.was_sold and not split.has_prices '
        ~ 'then split.revenue_difference else 0 end'
    ) }} as other_effect

from split

inner join products
    on split.dataset_id = products.dataset_id and split.product_id = products.product_id

order by split.dataset_id, split.month, split.product_id
