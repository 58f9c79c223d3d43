with

months as (

    select * from {{ ref('int_months') }}

),

product_panel as (

    select * from {{ ref('int_product_panel') }}

),

off_sale as (

    select * from {{ ref('int_months_off_sale') }}

),

store_days as (

    select * from {{ ref('int_store_days') }}

),

store_bulk as (

    select
        dataset_id,
        sum(bulk_quantity) as bulk_quantity,
        sum(bulk_revenue) as bulk_revenue,
        month

    from off_sale

    group by dataset_id, month

),

store_months as (

    select
        dataset_id,
        {{ sales_sums() }},
        {{ month_of('sale_date') }} as month

    from store_days

    group by dataset_id, {{ month_of('sale_date') }}

),

store_panel as (

    select
        months.dataset_id,
        {{ sales_or_zero('store_months') }},
        0 as off_days,
        coalesce(store_bulk.bulk_quantity, 0) as bulk_quantity,
        coalesce(store_bulk.bulk_revenue, 0) as bulk_revenue,
        months.trading_days,
        months.open_days,
        months.is_complete,
        months.is_gap,
        months.month

    from months

    left join store_months
        on months.dataset_id = store_months.dataset_id and months.month = store_months.month

    left join store_bulk
        on months.dataset_id = store_bulk.dataset_id and months.month = store_bulk.month

),

levels as (

    {{ entity_levels(
        'product_panel', 'store_panel',
        ['trading_days', 'open_days', 'is_complete', 'is_gap', 'month'],
        added=['off_days', 'bulk_quantity', 'bulk_revenue']
    ) }}

)

select
    dataset_id,
    entity_type,
    entity_id,
    category,
    quantity,
    revenue,
    {{ profit('revenue_with_cost', 'cost', 'costed_line_count', 'line_count') }} as profit,
    revenue_with_cost,
    cost,
    line_count,
    costed_line_count,
    -- categories and the shop are never out of stock as a whole, and no pieces of one kind
    case
        when not is_complete then null
        when entity_type != 'product' and open_days >= {{ var('min_month_days') }}
            then {{ ratio('revenue - bulk_revenue', 'open_days') }}
        when entity_type = 'product' and open_days - off_days >= {{ var('min_month_days') }}
            then {{ ratio('quantity - bulk_quantity', 'open_days - off_days') }}
    end as daily_rate,
    trading_days,
    open_days,
    cast(case when entity_type = 'product' then open_days - off_days else open_days end as integer)
        as sale_days,
    is_complete,
    is_gap,
    month

from levels
