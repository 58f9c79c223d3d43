with

months as (

    select * from {{ ref('int_months') }}

),

products as (

    select * from {{ ref('int_products') }}

),

product_days as (

    select * from {{ ref('int_product_days') }}

),

product_panel as (

    select
        dataset_id,
        entity_id as product_id,
        month,
        quantity,
        revenue,
        line_count

    from {{ ref('int_entity_months') }}

    where entity_type = 'product'

),

-- Only a complete month is a measure for the next one.
calendar as (

    select
        months.dataset_id,
        months.month,
        months.is_complete,
        months.last_day,
        previous.month as previous_month

    from months

    inner join months as previous
        on
            months.dataset_id = previous.dataset_id
            and previous.month = {{ add_months('months.month', -1) }}
            and previous.is_complete

),

-- The running month is compared with the same days of the month before: only these count there.
short_months as (

    select
        product_days.dataset_id,
        product_days.product_id,
        product_days.month,
        sum(product_days.quantity) as quantity,
        sum(product_days.revenue) as revenue,
        sum(product_days.line_count) as line_count

    from product_days

    inner join calendar
        on
            product_days.dataset_id = calendar.dataset_id
            and product_days.month = calendar.previous_month
            and dayofmonth(product_days.sale_date) <= dayofmonth(calendar.last_day)

    where not calendar.is_complete

    group by product_days.dataset_id, product_days.product_id, product_days.month

),

product_months as (

    select
        dataset_id,
        product_id,
        month,
        false as is_short,
        quantity,
        revenue,
        line_count

    from product_panel

    union all

    select
        dataset_id,
        product_id,
        month,
        true as is_short,
        quantity,
        revenue,
        line_count

    from short_months

),

-- The panel runs on after a product's last sale, so a lost product has a row to stand on.
compared as (

    select
        product_months.dataset_id,
        product_months.product_id,
        product_months.month,
        calendar.is_complete,
        product_months.line_count > 0 as is_sold,
        coalesce(previous.line_count, 0) > 0 as was_sold,
        product_months.quantity,
        coalesce(previous.quantity, 0) as quantity_previous,
        {{ money('product_months.revenue') }} as revenue,
        {{ money('coalesce(previous.revenue, 0)') }} as revenue_previous

    from product_months

    inner join calendar
        on
            product_months.dataset_id = calendar.dataset_id
            and product_months.month = calendar.month

    left join product_months as previous
        on
            product_months.dataset_id = previous.dataset_id
            and product_months.product_id = previous.product_id
            and calendar.previous_month = previous.month
            and calendar.is_complete != previous.is_short

    where
        not product_months.is_short
        and (product_months.line_count > 0 or previous.line_count > 0)

),

-- The price effect is rounded once and the quantity effect is the rest: the parts add up exactly.
split as (

    select
        *,
        revenue - revenue_previous as revenue_difference,
        quantity > 0 and quantity_previous > 0 as has_prices,
        {{ money(fixed(
            '(' ~ quotient('revenue', 'quantity') ~ ' - ' ~ quotient('revenue_previous', 'quantity_previous')
            ~ ') * cast(quantity + quantity_previous as double) * 0.5', 2
        )) }} as price_part

    from compared

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
