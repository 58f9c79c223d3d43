{# Null when the denominator is zero or null: an undefined ratio is not zero. Decimal(18, scale). #}
{% macro ratio(numerator, denominator, scale=6) -%}
    {{ fixed("cast(" ~ numerator ~ " as double) / nullif(cast(" ~ denominator ~ " as double), 0)", scale) }}
{%- endmacro %}
