-- By how much a difference varies by chance alone. A product's own few steps between months may
-- seem calm or wild by chance: its days tell it again, by so much more or less as they do of the
-- shop's other products.
with

measured as (

    select * from {{ ref('int_signal_variances') }}

),

-- The half of the shop's products that sells more, and the other; few are not parted.
placed as (

    select
        dataset_id,
        entity_id,
        variance_of_days,
        {{ quotient('variance_of_months', 'variance_of_days') }} as share,
        count(*) over (partition by dataset_id) as product_count,
        row_number() over (
            partition by dataset_id order by total asc nulls last, entity_id asc nulls last
        ) as place

    from measured

    where variance_of_days > 0

),

halves as (

    select
        *,
        product_count >= 2 * {{ var('signal_pool_products') }}
        and 2 * place > product_count as is_upper

    from placed

    where product_count >= {{ var('signal_pool_products') }}

),

-- How much more months vary than their days tell, of the middle one of them.
shares as (

    select
        dataset_id,
        is_upper,
        median(share) as usual_share

    from halves

    group by dataset_id, is_upper

),

usual_days as (

    select
        halves.dataset_id,
        halves.entity_id,
        halves.variance_of_days * shares.usual_share as variance

    from halves

    inner join shares
        on halves.dataset_id = shares.dataset_id and halves.is_upper = shares.is_upper

)

-- What other products tell is as good as twice as many months.
select
    measured.dataset_id,
    measured.entity_type,
    measured.entity_id,
    measured.difference,
    case when usual_days.entity_id is null then 1 else 2 end * measured.freedom as freedom,
    measured.size * coalesce(
        0.5 * (
            measured.variance_of_months
            + coalesce(usual_days.variance, measured.variance_of_days)
        ),
        measured.variance_of_months
    ) as noise

from measured

left join usual_days
    on
        measured.dataset_id = usual_days.dataset_id
        and measured.entity_id = usual_days.entity_id
        and measured.entity_type = 'product'
