{# Interpolated quantile of the non-null values; null when there are none. #}
{% macro quantile(expression, share, scale=6) -%}
    {{ fixed(
        "percentile_cont(" ~ share ~ ") within group (order by cast(" ~ expression ~ " as double))",
        scale
    ) }}
{%- endmacro %}
