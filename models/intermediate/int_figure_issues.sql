{{ config(materialized='view') }}

-- What is told of figures that could not be used, though the line counts.
with

item_days as (

    select * from {{ ref('int_item_days') }}

    where is_own_cost_too_high

),

verdicts as (

    select * from {{ ref('int_sales_verdicts') }}

    where explained_count < {{ var('explained_share') }} * tested_count

),

proved as (

    -- distinct: the sheets of a workbook, and their columns, are proved one by one
    select distinct source_file_id

    from {{ ref('stg_columns') }}

    where proof is not null and field in ('net_amount', 'gross_amount', 'list_amount')

),

lines as (

    select * from {{ ref('judged_sales_lines') }}

    where coalesce(early_reason, late_reason) is null

),

{% set consequences = {
    'discount': 'they count as their amount says',
    'tax': 'they count as their amount says',
    'cost': 'their cost is unknown until it is a number',
} %}

unread as (

    {% for figure, consequence in consequences.items() %}
        {% if not loop.first %} union all {% endif %}
        select
            source_file_id,
            'unreadable_{{ figure }}' as code,
            count(*) as line_count,
            cast(coalesce(sum(net_revenue), 0) as decimal(18, 4)) as amount,
            'carry a {{ figure }} that cannot be read, such as "' || min(unread_{{ figure }})
            || '"; {{ consequence }}.' as said

        from lines

        where unread_{{ figure }} is not null

        group by source_file_id
    {% endfor %}

),

too_high as (

    select
        source_file_id,
        'cost_too_high' as code,
        cast(sum(line_count) as bigint) as line_count,
        cast(sum(revenue) as decimal(18, 4)) as amount,
        'carry a cost of more than {{ var("max_cost_to_price") }} times what their product sells '
        || 'for; it was not believed. Correct it, or say in mapping.yml whether the column is the '
        || 'unit_cost or the line_cost.' as said

    from item_days

    group by source_file_id

),

-- What holds in the rows looked at when the file was read need not hold in all of them.
not_explained as (

    select
        verdicts.source_file_id,
        'figures_not_explained' as code,
        verdicts.tested_count - verdicts.explained_count as line_count,
        verdicts.unexplained_revenue as amount,
        'of ' || cast(verdicts.tested_count as string) || ' have an amount that is not quantity '
        || 'times price, discount and tax counted in; they count as their amount says. Look at '
        || 'them in the file, or say in mapping.yml what its columns hold.' as said

    from verdicts

    inner join proved
        on verdicts.source_file_id = proved.source_file_id

),

told as (

    select * from unread
    union all
    select * from too_high
    union all
    select * from not_explained

)

select
    source_file_id,
    amount,
    'warning' as severity,
    code,
    cast(line_count as string) || ' line(s) worth '
    || cast(cast(amount as decimal(18, 2)) as string) || ' ' || said as message

from told
