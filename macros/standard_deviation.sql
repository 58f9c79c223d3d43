{#
    Sample standard deviation from exact sums of values with so many places, so that the order of
    the rows cannot change a digit. Null with fewer than two values. At most 999 of them; neither
    product, nor their difference, passes 38 digits.
#}
{% macro standard_deviation(value_count, total, total_of_squares, places) -%}
    {%- set exact = "decimal(37, " ~ 2 * places ~ ")" -%}
    {%- set squares = "cast(" ~ total_of_squares ~ " as decimal(34, " ~ 2 * places ~ "))" -%}
    {%- set narrow_total = "cast(" ~ total ~ " as decimal(18, " ~ places ~ "))" -%}
    sqrt({{ quotient(
        "cast(" ~ squares ~ " * cast(" ~ value_count ~ " as decimal(3, 0)) as " ~ exact ~ ")"
        ~ " - cast(" ~ product(total, places, narrow_total) ~ " as " ~ exact ~ ")",
        value_count ~ " * (" ~ value_count ~ " - 1)"
    ) }})
{%- endmacro %}
