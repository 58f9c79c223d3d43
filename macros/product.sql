{#
    The exact product of two decimals: of `wide`, which has so many places, and of a `narrow` one of
    at most 18 digits. It has 38 digits, which is all there are: of more Spark gives up places, and
    two of 18 digits DuckDB cuts to 18. Whatever is added to it, or sums of it, first need a type
    of at most 37. Null when either is null.
#}
{% macro product(wide, places, narrow) -%}
    cast({{ wide }} as decimal(19, {{ places }})) * {{ narrow }}
{%- endmacro %}

{# A number with its sign: -1, 0 or 1; null stays null. On Spark sign() is a double. #}
{% macro sign_of(number) -%}
    case when {{ number }} < 0 then -1 when {{ number }} > 0 then 1 when {{ number }} = 0 then 0 end
{%- endmacro %}
