{#
    A double as a decimal of 14 places, to be added up: a sum of doubles depends on the order the
    threads finish in, a sum of decimals does not. Null stays null.
#}
{% macro summable(expression) -%}
    cast({{ expression }} as decimal(30, 14))
{%- endmacro %}
