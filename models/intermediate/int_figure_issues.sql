{{ config(materialized='view') }}

-- What is told of figures that could not be used, though the line counts.
with

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

)

select
    source_file_id,
    amount,
    'warning' as severity,
    code,
    cast(line_count as varchar) || ' line(s) worth '
    || cast(cast(amount as decimal(18, 2)) as varchar) || ' ' || said as message

from unread
