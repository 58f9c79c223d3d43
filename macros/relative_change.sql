{# Change against the size of the value before; null when that is zero or either value is null. #}
{% macro relative_change(now, before) -%}
    {{ ratio("(" ~ now ~ " - " ~ before ~ ")", "abs(" ~ before ~ ")") }}
{%- endmacro %}
