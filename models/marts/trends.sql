with

datasets as (

    select * from {{ ref('int_datasets') }}

),

products as (

    select * from {{ ref('int_products') }}

),

comparisons as (

    select
        dataset_id,
        entity_type,
        entity_id,
        category,
        {{ money('revenue') }} as revenue,
        {{ money('revenue_previous') }} as revenue_previous,
        {{ money('revenue_year_ago') }} as revenue_year_ago,
        quantity,
        quantity_previous,
        quantity_year_ago,
        profit,
        profit_previous,
        profit_year_ago,
        daily_rate,
        open_days,
        sale_days,
        is_gap,
        is_complete,
        month

    from {{ ref('int_entity_comparisons') }}

)

select
    comparisons.dataset_id,
    comparisons.entity_type,
    comparisons.entity_id,
    case
        when comparisons.entity_type = 'product' then products.product_name
        else comparisons.entity_id
    end as entity_name,
    comparisons.category,
    comparisons.month,
    comparisons.is_complete,
    comparisons.is_gap,
    cast(comparisons.open_days as integer) as open_days,
    cast(comparisons.sale_days as integer) as sale_days,
    comparisons.daily_rate,
    comparisons.revenue,
    comparisons.revenue_previous,
    {{ relative_change('revenue', 'revenue_previous') }} as revenue_change,
    case when comparisons.is_complete then {{ trend_word('revenue', 'revenue_previous') }} end
        as revenue_trend,
    comparisons.revenue_year_ago,
    {{ relative_change('revenue', 'revenue_year_ago') }} as revenue_year_change,
    comparisons.quantity,
    comparisons.quantity_previous,
    {{ relative_change('quantity', 'quantity_previous') }} as quantity_change,
    case when comparisons.is_complete then {{ trend_word('quantity', 'quantity_previous') }} end
        as quantity_trend,
    comparisons.quantity_year_ago,
    {{ relative_change('quantity', 'quantity_year_ago') }} as quantity_year_change,
    comparisons.profit,
    comparisons.profit_previous,
    {{ relative_change('profit', 'profit_previous') }} as profit_change,
    case when comparisons.is_complete then {{ trend_word('profit', 'profit_previous') }} end
        as profit_trend,
    comparisons.profit_year_ago,
    {{ relative_change('profit', 'profit_year_ago') }} as profit_year_change

from comparisons

inner join datasets
    on comparisons.dataset_id = datasets.dataset_id

left join products
    on
        comparisons.dataset_id = products.dataset_id
        and comparisons.entity_id = products.product_id
        and comparisons.entity_type = 'product'

where
    comparisons.entity_type != 'product'
    or comparisons.month
    > {{ add_months(month_of('datasets.as_of_date'), '-' ~ var('product_trend_months')) }}

order by
    comparisons.dataset_id, comparisons.entity_type, comparisons.entity_id, comparisons.month
