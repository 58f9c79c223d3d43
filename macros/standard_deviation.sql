{#
    Sample standard deviation from exact sums, so that the order of the rows cannot change a digit.
    Null with fewer than two values. Totals come as decimal(20, …): the product of two decimals of
    18 digits is cut to 18 digits on DuckDB.
#}
{% macro standard_deviation(value_count, total, total_of_squares) -%}
    sqrt({{ quotient(
        value_count ~ " * " ~ total_of_squares ~ " - " ~ total ~ " * " ~ total,
        value_count ~ " * (" ~ value_count ~ " - 1)"
    ) }})
{%- endmacro %}
