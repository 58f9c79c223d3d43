{#
    An amount of money as the file writes it, to four places; null when it is not one number, or
    one too large for the type.
#}
{% macro parse_amount(text, mark) -%}
    try_cast({{ number_text(text, mark) }} as decimal(18, 4))
{%- endmacro %}

{# A quantity as the file writes it, with or without its unit, to three places; null likewise. #}
{% macro parse_quantity(text, mark) -%}
    try_cast({{ quantity_text(text, mark) }} as decimal(18, 3))
{%- endmacro %}
