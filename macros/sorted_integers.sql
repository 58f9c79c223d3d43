{#
    Aggregate: the whole numbers for which the condition holds, ascending; null when there are none.
#}
{% macro sorted_integers(expression, condition) -%}
    {{ return(adapter.dispatch("sorted_integers", "lucid")(expression, condition)) }}
{%- endmacro %}

{% macro default__sorted_integers(expression, condition) -%}
    list_sort(array_agg(cast({{ expression }} as integer)) filter (where {{ condition }}))
{%- endmacro %}
