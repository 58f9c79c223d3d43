with

compared as (

    select * from {{ ref('int_compared_sales') }}

),

products as (

    select * from {{ ref('int_products') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

empty_runs as (

    select * from {{ ref('int_empty_runs') }}

    where is_current

),

aged as (

    select
        products.dataset_id,
        products.product_id,
        products.category,
        coalesce(
            {{ days_between('products.first_sale_date', 'datasets.as_of_date') }}
            >= {{ var('demand_base_days') }},
            false
        ) as has_year,
        -- silent for too long to be chance: it is not on sale any more
        coalesce(
            {{ days_between('products.last_sale_date', 'datasets.as_of_date') }}
            >= {{ var('dead_stock_days') }}
            and (
                empty_runs.product_id is not null
                or compared.base_units >= {{ var('stopped_min_units') }}
            ),
            false
        ) as is_stopped,
        coalesce(compared.now_units, 0) as now_units,
        coalesce(compared.base_units, 0) as base_units

    from products

    inner join datasets
        on products.dataset_id = datasets.dataset_id

    left join compared
        on
            products.dataset_id = compared.dataset_id
            and products.product_id = compared.product_id

    left join empty_runs
        on
            products.dataset_id = empty_runs.dataset_id
            and products.product_id = empty_runs.product_id

),

categories as (

    select
        dataset_id,
        category,
        {{ quotient('greatest(sum(now_units), 0)', 'sum(base_units)') }} as level

    from aged

    where has_year and base_units > 0

    group by dataset_id, category

)

-- The fewer units a year before, the more the category's level counts.
select
    aged.dataset_id,
    aged.product_id,
    aged.has_year,
    aged.is_stopped,
    cast(aged.now_units as decimal(18, 3)) as now_units,
    cast(aged.base_units as decimal(18, 3)) as base_units,
    case
        when aged.is_stopped then 0
        else {{ fixed(
            'least(greatest(' ~ quotient(
                'case when aged.base_units > 0 then greatest(aged.now_units, 0) else 0 end + '
                ~ var('demand_level_units') ~ ' * coalesce(categories.level, 1)',
                'greatest(aged.base_units, 0) + ' ~ var('demand_level_units')
            ) ~ ', ' ~ quotient('1', var('demand_level_most')) ~ '), '
            ~ var('demand_level_most') ~ ')', 6
        ) }}
    end as level

from aged

left join categories
    on aged.dataset_id = categories.dataset_id and aged.category = categories.category
