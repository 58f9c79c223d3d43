{# Fails for every key that stands on more than one row, or has a null in it: an incomplete key is no key. #}
{% test unique_combination(model, columns) %}

    select
        {{ columns | join(', ') }},
        count(*) as row_count

    from {{ model }}

    group by {{ columns | join(', ') }}

    having count(*) > 1 {% for column in columns %} or {{ column }} is null {% endfor %}

{% endtest %}
