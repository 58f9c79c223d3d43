{# First day of the month; null stays null. #}
{% macro month_of(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{# Last day of the month; null stays null. #}
{% macro month_end(day) -%}
    last_day({{ day }})
{%- endmacro %}

{# Months since year 0, for distances between months; null stays null. #}
{% macro month_index(day) -%}
    (year({{ day }}) * 12 + month({{ day }}))
{%- endmacro %}

{#
    Days from the first to the second date, negative when it lies before; null when either is null.
#}
{% macro days_between(first, second) -%}
    {{ return(adapter.dispatch("days_between", "lucid")(first, second)) }}
{%- endmacro %}

{% macro default__days_between(first, second) -%}
    date_diff('day', {{ first }}, {{ second }})
{%- endmacro %}

{# A date so many days later (earlier when negative); null when either is null. #}
{% macro add_days(day, days) -%}
    ({{ day }} + cast({{ days }} as integer))
{%- endmacro %}

{#
    The same day so many months later, the month's last day when it has fewer; null when either is
    null.
#}
{% macro add_months(day, months) -%}
    {{ return(adapter.dispatch("add_months", "lucid")(day, months)) }}
{%- endmacro %}

{% macro default__add_months(day, months) -%}
    cast({{ day }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{#
    The same day of another month, that month's last day when it has fewer: a running month is
    compared with an earlier one up to there. Null when either is null.
#}
{% macro same_day_of(month, day) -%}
    {{ add_months(day, month_index(month) ~ " - " ~ month_index(day)) }}
{%- endmacro %}

{#
    A query of one column, month: every first of a month from one to the other; no row when either
    is null.
#}
{% macro month_series(first, last) -%}
    {{ return(adapter.dispatch("month_series", "lucid")(first, last)) }}
{%- endmacro %}

{% macro default__month_series(first, last) -%}
    select cast(unnest(generate_series(
        cast({{ first }} as date), cast({{ last }} as date), interval 1 month
    )) as date) as month
{%- endmacro %}

{# The same of days: a query of one column, day; no row when either date is null. #}
{% macro day_series(first, last) -%}
    {{ return(adapter.dispatch("day_series", "lucid")(first, last)) }}
{%- endmacro %}

{% macro default__day_series(first, last) -%}
    select cast(unnest(generate_series(
        cast({{ first }} as date), cast({{ last }} as date), interval 1 day
    )) as date) as day
{%- endmacro %}

{# 0 for a Monday to 6 for a Sunday; null stays null. #}
{% macro weekday_of(day) -%}
    mod({{ days_between("date '1900-01-01'", day) }}, 7)
{%- endmacro %}
