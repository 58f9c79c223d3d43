{#
    A double as a decimal of so many places, to be added up: a sum of doubles depends on the order
    the threads finish in, a sum of decimals does not. It is rounded as a whole number, halves up:
    engines turn other doubles of more than 15 digits into different decimals. Null stays null.
#}
{% macro summable(expression, places=9) -%}
    cast(
        cast(floor(({{ expression }}) * 1e{{ places }} + 0.5) as decimal({{ 37 - places }}, 0))
        * 0.{{ "0" * (places - 1) }}1 as decimal(30, {{ places }})
    )
{%- endmacro %}
