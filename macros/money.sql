{#
    Money as reported: an exact amount of at most seven places to two, halves away from zero; null
    stays null.
#}
{% macro money(expression) -%}
    {{ return(adapter.dispatch("money", "lucid")(expression)) }}
{%- endmacro %}

{#
    DuckDB takes thirty times as long to shorten a decimal of more than 18 digits: only what needs
    them pays.
#}
{% macro default__money(expression) -%}
    coalesce(
        cast(try_cast({{ expression }} as decimal(18, 7)) as decimal(18, 2)),
        cast({{ expression }} as decimal(18, 2))
    )
{%- endmacro %}
