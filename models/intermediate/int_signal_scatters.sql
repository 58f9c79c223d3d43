-- How much the days of a product differ within a month: many days tell more surely than the steps
-- between a few months by how much months differ by chance.
with

months as (

    select * from {{ ref('int_signal_months') }}

    where
        entity_type = 'product'
        and tested is not null
        and (age between 0 and 2 or age between 12 and 14)

),

histories as (

    select * from {{ ref('int_signal_histories') }}

    where entity_type = 'product' and method = 'year_on_year'

),

usual_days as (

    select * from {{ ref('int_usual_days') }}

),

compared as (

    select months.*

    from months

    inner join histories
        on
            months.dataset_id = histories.dataset_id
            and months.entity_id = histories.entity_id

),

sold as (

    select
        compared.dataset_id,
        compared.entity_id,
        compared.month,
        sum(usual_days.usual_quantity) as units,
        sum({{ product('usual_days.usual_quantity', 3, 'usual_days.usual_quantity') }}) as squares

    from compared

    inner join usual_days
        on
            compared.dataset_id = usual_days.dataset_id
            and compared.entity_id = usual_days.product_id
            and compared.month = {{ month_of('usual_days.sale_date') }}

    group by compared.dataset_id, compared.entity_id, compared.month

),

-- A month without a sale does not scatter.
spread as (

    select
        compared.dataset_id,
        compared.entity_id,
        compared.sale_days - 1 as freedom,
        coalesce(
            greatest({{ fixed(
                'cast(sold.squares as double) - '
                ~ quotient('power(cast(sold.units as double), 2)', 'compared.sale_days'), 6
            ) }}, 0), 0
        ) as squares

    from compared

    left join sold
        on
            compared.dataset_id = sold.dataset_id
            and compared.entity_id = sold.entity_id
            and compared.month = sold.month

)

select
    dataset_id,
    'product' as entity_type,
    entity_id,
    cast(sum(freedom) as integer) as freedom,
    {{ quotient('sum(squares)', 'sum(freedom)') }} as daily_variance

from spread

group by dataset_id, entity_id
