{# Whether a line says with a minus that something went back. #}
{% macro is_minus(line) -%}
    least(
        {{ line }}.quantity, {{ line }}.net_amount, {{ line }}.gross_amount, {{ line }}.list_amount
    ) < 0
{%- endmacro %}
