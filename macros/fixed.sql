{#
    A double as a decimal, exact halves rounded up on every engine; null stays null. The detour by
    three more places is needed: rounding a double quotient directly was wrong for 1 in 90 exact
    halves.
#}
{% macro fixed(expression, scale) -%}
    {{ return(adapter.dispatch("fixed", "lucid")(expression, scale)) }}
{%- endmacro %}

{#
    DuckDB takes thirty times as long to shorten a decimal of more than 18 digits: only what needs
    them pays.
#}
{% macro default__fixed(expression, scale) -%}
    coalesce(
        cast(
            try_cast({{ expression }} as decimal(18, {{ scale + 3 }})) as decimal(18, {{ scale }})
        ),
        cast(cast({{ expression }} as decimal(28, {{ scale + 3 }})) as decimal(18, {{ scale }}))
    )
{%- endmacro %}
