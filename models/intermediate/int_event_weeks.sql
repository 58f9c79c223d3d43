with

product_days as (

    select * from {{ ref('int_product_days') }}

),

products as (

    select * from {{ ref('int_products') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

events as (

    select * from {{ ref('int_events') }}

),

category_days as (

    select
        product_days.dataset_id,
        products.category,
        product_days.sale_date,
        sum(product_days.quantity) as quantity

    from product_days

    inner join products
        on
            product_days.dataset_id = products.dataset_id
            and product_days.product_id = products.product_id

    group by product_days.dataset_id, products.category, product_days.sale_date

),

entity_days as (

    select
        dataset_id,
        'category' as entity_type,
        category as entity_id,
        sale_date,
        quantity

    from category_days

    union all

    select
        dataset_id,
        'store' as entity_type,
        dataset_id as entity_id,
        sale_date,
        sum(quantity) as quantity

    from category_days

    group by dataset_id, sale_date

),

entities as (

    select
        dataset_id,
        entity_type,
        entity_id,
        min(sale_date) as first_sale_date

    from entity_days

    group by dataset_id, entity_type, entity_id

),

-- An occurrence counts when the shop's data cover all days before it.
occurrences as (

    select
        entities.dataset_id,
        entities.entity_type,
        entities.entity_id,
        events.event,
        events.event_date

    from entities

    inner join datasets
        on entities.dataset_id = datasets.dataset_id

    inner join events
        on
            entities.dataset_id = events.dataset_id
            and {{ days_between('entities.first_sale_date', 'events.event_date') }}
            >= {{ var('event_lift_days') }} + 7 * {{ var('event_baseline_weeks') }}
            and {{ days_between('events.event_date', 'datasets.as_of_date') }} >= -1

),

days_before as (

    select
        occurrences.*,
        {{ days_between('entity_days.sale_date', 'occurrences.event_date') }}
        - {{ var('event_lift_days') }} - 1 as days_before_run_up,
        entity_days.quantity

    from occurrences

    inner join entity_days
        on
            occurrences.dataset_id = entity_days.dataset_id
            and occurrences.entity_type = entity_days.entity_type
            and occurrences.entity_id = entity_days.entity_id
            and {{ days_between('entity_days.sale_date', 'occurrences.event_date') }}
            between 1 and {{ var('event_lift_days') }} + 7 * {{ var('event_baseline_weeks') }}

)

select
    dataset_id,
    entity_type,
    entity_id,
    event,
    cast(
        case
            when days_before_run_up < 0 then -1
            else days_before_run_up - mod(days_before_run_up, 7)
        end as integer
    ) as week,
    greatest(sum(quantity), 0) as units,
    event_date

from days_before

group by dataset_id, entity_type, entity_id, event, event_date, week
