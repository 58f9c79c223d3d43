-- The functions behind the p-values, against scipy.stats.f.sf and scipy.special.gammaln for two to
-- five years of months: a slip in a coefficient moves every verdict a little and is seen nowhere
-- else.
{{ config(tags=["of_the_code"], meta={"dagster": {"ref": {"name": "int_season_tests"}}}) }}
-- depends_on: {{ ref('int_season_tests') }}

with

shares as (

    select
        cast(points.x as double) as x,
        cast(points.a as double) as a,
        cast(points.b as double) as b,
        cast(points.expected as double) as expected

    from (
        values
        (0.9523809523809523, 5.5, 5.5, 0.999989303253),
        (0.5000000000000000, 5.5, 5.5, 0.500000000000),
        (0.2857142857142857, 5.5, 5.5, 0.071985717344),
        (0.2948717948717949, 11.5, 5.5, 0.000563643878),
        (0.6353591160220994, 11.5, 5.5, 0.340434036130),
        (0.6123805857857718, 17.5, 5.5, 0.057253777840),
        (0.4430379746835443, 17.5, 5.5, 0.000818303496),
        (0.8592321755027422, 23.5, 5.5, 0.731951299379),
        (0.7401574803149606, 23.5, 5.5, 0.163498719016),
        (0.5875000000000000, 23.5, 5.5, 0.004233135947)
    ) as points (x, a, b, expected)

),

arguments as (

    select
        cast(points.x as double) as x,
        cast(points.expected as double) as expected

    from (
        values
        (0.5, 0.57236494292470),
        (1, 0.00000000000000),
        (2, 0.00000000000000),
        (5.5, 3.95781396761872),
        (11, 15.10441257307552),
        (17.5, 32.08111489594736),
        (23.5, 50.03349410501915),
        (29, 67.88974313718154)
    ) as points (x, expected)

),

compared as (

    select
        'incomplete_beta' as tested,
        x,
        expected,
        {{ incomplete_beta('x', 'a', 'b') }} as found,
        0.0000002 as tolerance

    from shares

    union all

    select
        'log_gamma' as tested,
        x,
        expected,
        {{ log_gamma('x') }} as found,
        0.0000000001 as tolerance

    from arguments

)

select * from compared
where (abs(found - expected) <= tolerance) is not true
