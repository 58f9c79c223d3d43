with

products as (

    select * from {{ ref('int_products') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

started as (

    select
        products.dataset_id,
        products.product_id,
        datasets.as_of_date,
        -- before the shop's first sale nothing could be counted as unsold
        least(
            greatest(
                coalesce(products.first_seen_date, datasets.first_sale_date),
                coalesce(datasets.first_sale_date, products.first_seen_date),
                {{ add_days('datasets.as_of_date', -364) }}
            ),
            datasets.as_of_date
        ) as window_start

    from products

    inner join datasets
        on products.dataset_id = datasets.dataset_id

)

select
    dataset_id,
    product_id,
    cast({{ days_between('window_start', 'as_of_date') }} + 1 as integer) as days_365d,
    -- least() would pass over the null of a shop whose files carry no date at all
    case
        when as_of_date is not null
            then cast(least({{ days_between('window_start', 'as_of_date') }} + 1, 90) as integer)
    end as days_90d,
    window_start,
    greatest(window_start, {{ add_days('as_of_date', -89) }}) as recent_start,
    as_of_date

from started
