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

    select * from {{ ref('calendar_events') }}

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
        category,
        sale_date,
        quantity

    from category_days

    union all

    select
        dataset_id,
        'store' as entity_type,
        dataset_id as entity_id,
        cast(null as varchar) as category,
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
        category,
        min(sale_date) as first_sale_date

    from entity_days

    group by dataset_id, entity_type, entity_id, category

),

-- An occurrence counts when the shop's data cover all days before it.
occurrences as (

    select
        entities.dataset_id,
        entities.entity_type,
        entities.entity_id,
        entities.category,
        events.event,
        events.event_date

    from entities

    inner join datasets
        on entities.dataset_id = datasets.dataset_id

    inner join events
        on
            {{ days_between('entities.first_sale_date', 'events.event_date') }}
            >= {{ var('event_lift_days') }} + 7 * {{ var('event_baseline_weeks') }}
            and {{ days_between('events.event_date', 'datasets.as_of_date') }} >= -1

),

days_before as (

    select
        occurrences.*,
        entity_days.quantity,
        {{ days_between('entity_days.sale_date', 'occurrences.event_date') }} - {{ var('event_lift_days') }} - 1
            as days_before_run_up

    from occurrences

    inner join entity_days
        on
            occurrences.dataset_id = entity_days.dataset_id
            and occurrences.entity_type = entity_days.entity_type
            and occurrences.entity_id = entity_days.entity_id
            and {{ days_between('entity_days.sale_date', 'occurrences.event_date') }}
            between 1 and {{ var('event_lift_days') }} + 7 * {{ var('event_baseline_weeks') }}

),

-- Week -1 is the run-up; the weeks before it are 0, 7, 14 …
weeks as (

    select
        dataset_id,
        entity_type,
        entity_id,
        category,
        event,
        event_date,
        case when days_before_run_up < 0 then -1 else days_before_run_up - mod(days_before_run_up, 7) end as week,
        greatest(sum(quantity), 0) as units

    from days_before

    group by
        dataset_id, entity_type, entity_id, category, event, event_date,
        case when days_before_run_up < 0 then -1 else days_before_run_up - mod(days_before_run_up, 7) end

),

ranked as (

    select
        *,
        row_number() over (
            partition by dataset_id, entity_type, entity_id, event, event_date
            order by case when week >= 0 then units end desc nulls last, week asc nulls last
        ) as choice

    from weeks

),

-- The median week lies halfway down; a week without a sale has no row and counts as zero.
measured as (

    select
        dataset_id,
        entity_type,
        entity_id,
        category,
        event,
        event_date,
        sum(case when week = -1 then units else 0 end) as run_up_units,
        sum(
            case
                when week < 0 then 0
                when 2 * choice = {{ var('event_baseline_weeks') }} + 1 then 2 * units
                when
                    2 * choice in ({{ var('event_baseline_weeks') }}, {{ var('event_baseline_weeks') }} + 2)
                    then units
                else 0
            end
        ) as two_median_weeks

    from ranked

    group by dataset_id, entity_type, entity_id, category, event, event_date

),

lifts as (

    select
        *,
        {{ quotient('14 * run_up_units', var('event_lift_days') ~ ' * two_median_weeks') }} as lift

    from measured

),

next_events as (

    select
        datasets.dataset_id,
        events.event,
        min(events.event_date) as next_event_date

    from datasets

    inner join events
        on datasets.as_of_date < events.event_date

    group by datasets.dataset_id, events.event

),

entity_lifts as (

    select
        dataset_id,
        entity_type,
        entity_id,
        category,
        event,
        cast(count(lift) as integer) as occurrences,
        {{ quantile('lift', 0.5) }} as lift

    from lifts

    group by dataset_id, entity_type, entity_id, category, event

    having count(lift) >= {{ var('event_min_occurrences') }}

)

select
    entity_lifts.dataset_id,
    entity_lifts.entity_type,
    entity_lifts.entity_id,
    entity_lifts.category,
    entity_lifts.event,
    entity_lifts.occurrences,
    entity_lifts.lift,
    next_events.next_event_date

from entity_lifts

left join next_events
    on entity_lifts.dataset_id = next_events.dataset_id and entity_lifts.event = next_events.event

order by entity_lifts.dataset_id, entity_lifts.entity_type, entity_lifts.entity_id, entity_lifts.event
