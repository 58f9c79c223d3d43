{#
    An unrounded double, for the middle of a calculation (`ratio` rounds, for results). Null when
    the denominator is zero or null.
#}
{% macro quotient(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}
