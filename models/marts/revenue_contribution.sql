with

products as (

    select * from {{ ref('int_products') }}

),

unit_variations as (

    select * from {{ ref('int_unit_variations') }}

),

sums_of_windows as (

    select * from {{ ref('int_product_windows') }}

),

windows as (

    select 'all' as revenue_window

    union all

    select 'last_12_months' as revenue_window

),

window_totals as (

    select
        dataset_id,
        product_window as revenue_window,
        product_id,
        {{ money('revenue') }} as revenue,
        {{ profit('revenue_with_cost', 'cost', 'costed_line_count', 'line_count') }} as gross_profit

    from sums_of_windows

),

product_windows as (

    select
        products.dataset_id,
        windows.revenue_window,
        products.product_id,
        products.product_name,
        products.category,
        coalesce(window_totals.revenue, 0) as revenue,
        greatest(coalesce(window_totals.revenue, 0), 0) as positive_revenue,
        window_totals.gross_profit,
        greatest(coalesce(window_totals.gross_profit, 0), 0) as positive_profit,
        unit_variations.unit_variation,
        window_totals.product_id is not null as is_sold

    from products

    cross join windows

    left join window_totals
        on
            products.dataset_id = window_totals.dataset_id
            and windows.revenue_window = window_totals.revenue_window
            and products.product_id = window_totals.product_id

    left join unit_variations
        on
            products.dataset_id = unit_variations.dataset_id
            and products.product_id = unit_variations.product_id

),

accumulated as (

    select
        *,
        row_number() over (
            partition by dataset_id, revenue_window
            order by is_sold desc nulls last, revenue desc nulls last, product_id asc nulls last
        ) as revenue_rank,
        sum(positive_revenue) over (partition by dataset_id, revenue_window) as total_revenue,
        sum(positive_revenue) over (
            partition by dataset_id, revenue_window
            order by is_sold desc nulls last, revenue desc nulls last, product_id asc nulls last
            rows between unbounded preceding and current row
        ) as revenue_so_far,
        sum(positive_profit) over (partition by dataset_id, revenue_window) as total_profit,
        sum(positive_profit) over (
            partition by dataset_id, revenue_window
            order by gross_profit desc nulls last, product_id asc nulls last
            rows between unbounded preceding and current row
        ) as profit_so_far

    from product_windows

)

select
    dataset_id,
    revenue_window,
    product_id,
    product_name,
    category,
    {{ money('revenue') }} as revenue,
    cast({{ ratio('positive_revenue', 'total_revenue') }} as decimal(9, 6)) as revenue_share,
    cast(
        case when is_sold then {{ ratio('revenue_so_far', 'total_revenue') }} end as decimal(9, 6)
    ) as cumulative_share,
    cast(case when is_sold then revenue_rank end as integer) as revenue_rank,
    -- by the share before this product: one product holding 90 % is A, not B
    case
        when not is_sold then 'N'
        when revenue < 0 then 'R'
        when revenue_so_far - positive_revenue < {{ var('abc_a') }} * total_revenue then 'A'
        when revenue_so_far - positive_revenue < {{ var('abc_b') }} * total_revenue then 'B'
        else 'C'
    end as abc_class,
    gross_profit,
    case
        when gross_profit is null then null
        when gross_profit < 0 then 'R'
        when profit_so_far - positive_profit < {{ var('abc_a') }} * total_profit then 'A'
        when profit_so_far - positive_profit < {{ var('abc_b') }} * total_profit then 'B'
        else 'C'
    end as abc_class_profit,
    case
        when unit_variation < {{ var('xyz_x') }} then 'X'
        when unit_variation < {{ var('xyz_y') }} then 'Y'
        when unit_variation is not null then 'Z'
    end as xyz_class,
    cast(unit_variation as double) as unit_variation

from accumulated

order by dataset_id, revenue_window, product_id
