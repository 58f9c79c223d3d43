with

steps as (

    select * from {{ ref('int_demand_steps') }}

    where demand_basis in ('year', 'category')

),

recent as (

    select * from {{ ref('int_recent_sales') }}

),

products as (

    select * from {{ ref('int_products') }}

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

totalled as (

    select
        dataset_id,
        product_id,
        sum(case when last_day_ahead <= 90 then expected_units else 0 end) as units_90d,
        sum(case when event is null then expected_units else 0 end) as ordinary_units,
        sum(case when event is null then open_days else 0 end) as ordinary_days,
        -- the best of the other days, where there are enough of them to tell
        max(case
            when event is null and open_days >= {{ var('event_usual_days') }}
                then {{ quotient('expected_units', 'open_days') }}
        end) as best_rate

    from steps

    group by dataset_id, product_id

),

windows as (

    select
        dataset_id,
        product_id,
        event,
        event_date,
        max(last_day_ahead) as last_day_ahead,
        sum(expected_units) as event_units,
        sum(open_days) as event_days

    from steps

    where event is not null

    group by dataset_id, product_id, event, event_date

),

-- Until the end of the event the shop sells what comes before it as well.
needed as (

    select
        windows.dataset_id,
        windows.product_id,
        windows.event,
        sum(steps.expected_units) as needed_units

    from windows

    inner join steps
        on
            windows.dataset_id = steps.dataset_id
            and windows.product_id = steps.product_id
            and windows.last_day_ahead >= steps.last_day_ahead

    group by windows.dataset_id, windows.product_id, windows.event

),

measured as (

    select
        windows.*,
        needed.needed_units,
        totalled.units_90d,
        -- a season that is on or ebbs away sells as much on the days before
        greatest(totalled.best_rate, recent.daily_rate) * windows.event_days as best_units,
        {{ quotient('totalled.ordinary_units * windows.event_days', 'totalled.ordinary_days') }}
            as usual_units

    from windows

    inner join needed
        on
            windows.dataset_id = needed.dataset_id
            and windows.product_id = needed.product_id
            and windows.event = needed.event

    inner join totalled
        on
            windows.dataset_id = totalled.dataset_id
            and windows.product_id = totalled.product_id

    left join recent
        on
            windows.dataset_id = recent.dataset_id
            and windows.product_id = recent.product_id

)

select
    measured.dataset_id,
    measured.product_id,
    measured.event,
    products.product_name,
    products.category,
    cast(measured.event_units as decimal(18, 3)) as expected_units,
    cast(measured.needed_units as decimal(18, 3)) as expected_units_to_end,
    {{ fixed('measured.usual_units', 3) }} as usual_units,
    {{ fixed('measured.best_units', 3) }} as best_usual_units,
    {{ ratio('measured.event_units', 'measured.usual_units') }} as lift,
    {{ ratio('measured.event_units', 'measured.units_90d') }} as demand_share,
    cast({{ days_between('datasets.as_of_date', 'measured.event_date') }} as integer) as days_until,
    measured.event_date

from measured

inner join products
    on measured.dataset_id = products.dataset_id and measured.product_id = products.product_id

inner join datasets
    on measured.dataset_id = datasets.dataset_id

where measured.last_day_ahead <= 90

order by measured.dataset_id, measured.product_id, measured.event
