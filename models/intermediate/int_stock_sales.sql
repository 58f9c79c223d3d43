with

product_days as (

    select * from {{ ref('int_product_days') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

-- A day as a whole: its square is not the sum of the squares of its files. All that is older is
-- one.
aged as (

    select
        product_days.dataset_id,
        product_days.product_id,
        least({{ days_between('product_days.sale_date', 'datasets.as_of_date') }}, 365) as days_ago,
        cast(sum(product_days.quantity) as decimal(18, 3)) as quantity,
        sum(product_days.revenue) as revenue,
        sum(product_days.cost) as cost,
        sum(product_days.line_count) as line_count,
        sum(product_days.costed_line_count) as costed_line_count

    from product_days

    inner join datasets
        on
            product_days.dataset_id = datasets.dataset_id
            and product_days.sale_date <= datasets.as_of_date

    group by
        product_days.dataset_id, product_days.product_id,
        least({{ days_between('product_days.sale_date', 'datasets.as_of_date') }}, 365)

)

select
    dataset_id,
    product_id,
    cast(
        sum(case when days_ago < 90 then quantity else 0 end) as decimal(18, 3)
    ) as units_sold_90d,
    cast(
        sum(case when days_ago < 180 then quantity else 0 end) as decimal(18, 3)
    ) as units_sold_180d,
    cast(
        sum(case when days_ago < 365 then quantity else 0 end) as decimal(18, 3)
    ) as units_sold_365d,
    cast(sum(case when days_ago < 365 then revenue else 0 end) as decimal(18, 4)) as revenue_365d,
    cast(sum(case when days_ago < 365 then cost else 0 end) as decimal(28, 7)) as cost_365d,
    -- a profit from half of the lines is no profit
    sum(
        case when days_ago < 365 then line_count - costed_line_count else 0 end
    ) = 0 as is_costed_365d

from aged

group by dataset_id, product_id
