{#
    Bodies for Spark: dates, decimals and aggregates. A sequence that would run backwards ends the
    build there; on DuckDB it has no day.
#}
{% macro spark__days_between(first, second) -%}
    cast(datediff({{ second }}, {{ first }}) as bigint)
{%- endmacro %}

{% macro spark__add_months(day, months) -%}
    add_months({{ day }}, cast({{ months }} as integer))
{%- endmacro %}

{% macro spark__month_series(first, last) -%}
    select explode(case
        when {{ first }} <= {{ last }}
            then sequence(cast({{ first }} as date), cast({{ last }} as date), interval 1 month)
    end) as month
{%- endmacro %}

{% macro spark__day_series(first, last) -%}
    select explode(case
        when {{ first }} <= {{ last }}
            then sequence(cast({{ first }} as date), cast({{ last }} as date), interval 1 day)
    end) as day
{%- endmacro %}

{# Spark rounds a double from its shortest decimal text, halves up. #}
{% macro spark__fixed(expression, scale) -%}
    cast(cast({{ expression }} as decimal(28, {{ scale + 3 }})) as decimal(18, {{ scale }}))
{%- endmacro %}

{% macro spark__money(expression) -%}
    cast({{ expression }} as decimal(18, 2))
{%- endmacro %}

{% macro spark__digest(text) -%}
    md5(listagg({{ text }}, '|') within group (order by {{ text }}))
{%- endmacro %}

{# As a decimal, which sums of it do not overflow. #}
{% macro spark__values_hash(values) -%}
    cast(xxhash64({{ values | join(", ") }}) as decimal(20, 0))
{%- endmacro %}

{# A list of nothing is an empty list here, not null. #}
{% macro spark__sorted_integers(expression, condition) -%}
    case
        when count(case when {{ condition }} then 1 end) > 0
            then array_sort(
                collect_list(cast({{ expression }} as integer)) filter (where {{ condition }})
            )
    end
{%- endmacro %}
