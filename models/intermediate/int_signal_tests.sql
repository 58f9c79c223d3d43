-- How likely a difference is by chance alone.
with

noises as (

    select * from {{ ref('int_signal_noises') }}

),

rank_tests as (

    select * from {{ ref('int_rank_tests') }}

),

scored as (

    select
        *,
        {{ quotient('difference', 'sqrt(noise)') }} as t_score

    from noises

),

-- Wallace's (1959) normal equivalent of a t score; months that are all alike have none.
normal as (

    select
        *,
        {{ quotient('8 * freedom + 1', '8 * freedom + 3') }}
        * sqrt(freedom * ln(1 + {{ quotient('t_score * t_score', 'freedom') }})) as z

    from scored

),

tails as (

    select
        *,
        {{ quotient('1', '1 + 0.2316419 * z') }} as t

    from normal

)

select
    dataset_id,
    entity_type,
    entity_id,
    null as slope_per_month,
    least(coalesce({{ fixed(normal_tail('z', 't'), 9) }}, 1), 1) as p_value

from tails

union all

select
    dataset_id,
    entity_type,
    entity_id,
    slope_per_month,
    p_value

from rank_tests
