{# Null when the denominator is zero or null: an undefined ratio is not zero. Decimal(18, scale). #}
{% macro ratio(numerator, denominator, scale=6) -%}
    {{ fixed(quotient(numerator, denominator), scale) }}
{%- endmacro %}
