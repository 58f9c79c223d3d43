{#
    Fails for every key that stands on more than one row, or has a null in it: an incomplete key is
    no key. Columns named `nullable` are part of the key and may be null.
#}
{% test unique_combination(model, columns, nullable=[]) %}

    select
        {{ (columns + nullable) | join(', ') }},
        count(*) as row_count

    from {{ model }}

    group by {{ (columns + nullable) | join(', ') }}

    having count(*) > 1 {% for column in columns %} or {{ column }} is null {% endfor %}

{% endtest %}
