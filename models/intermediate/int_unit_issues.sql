{{ config(materialized='view') }}

with

mentions as (

    select * from {{ ref('int_mentions_unioned') }}

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

rates as (

    select * from {{ ref('int_unit_rates') }}

    where rate is null

),

others as (

    select
        mentions.source_file_id,
        mentions.mention_count,
        mentions.revenue,
        rates.unit,
        rates.sold_unit,
        coalesce(mentions.product_name, mentions.product_id) as product,
        case when mentions.revenue is null then 'units_differ' else 'units_mixed' end as code

    from mentions

    inner join identities
        on {{ same_naming('mentions', 'identities') }}

    inner join rates
        on {{ same_unit('mentions', 'identities') }}

),

told as (

    select
        source_file_id,
        code,
        cast(sum(revenue) as decimal(18, 4)) as amount,
        cast(cast(sum(mention_count) as bigint) as string) || ' line(s) count products in another '
        || 'unit than they are sold in, such as "' || min(product) || '" in ' || min(unit)
        || ' and not in ' || min(sold_unit) as found,
        ' Say in the file how many are in one, as in "' || min(unit) || ' of 12".' as remedy

    from others

    group by source_file_id, code

)

select
    source_file_id,
    amount,
    'warning' as severity,
    code,
    found
    || case
        when code = 'units_mixed'
            then
                '; quantities of these products are added up as the lines give them, and their '
                || 'stock and cost are not known from lists.'
        else
            '; they are left out, so that stock and cost of these products are not known from here.'
    end
    || remedy as message

from told
