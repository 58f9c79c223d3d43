{# Money as reported: two places, halves away from zero; null stays null. #}
{% macro money(expression) -%}
    cast({{ expression }} as decimal(18, 2))
{%- endmacro %}
