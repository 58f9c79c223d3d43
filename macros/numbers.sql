{#
    A number as the file writes it, as plain decimal text: currency marks and digit groups dropped,
    (5) and 5- negative; null when it is not one number. The mark is the file's decimal mark, '.' or
    ','. Only a plain number is looked at once; all else goes through the slower path.
#}
{% macro number_text(text, mark) -%}
    {{ return(adapter.dispatch("number_text", "lucid")(text, mark)) }}
{%- endmacro %}

{% macro default__number_text(text, mark) -%}
    case
        when {{ text }} is null then null
        when {{ mark }} = '.' and regexp_full_match({{ text }}, '-?[0-9]+(\.[0-9]+)?')
            then {{ text }}
        else number_text_slow({{ text }}, {{ mark }})
    end
{%- endmacro %}

{# A quantity may carry its unit ("27 Pcs", "2.5 kg"); the unit is dropped. #}
{% macro quantity_text(text, mark) -%}
    {{ return(adapter.dispatch("quantity_text", "lucid")(text, mark)) }}
{%- endmacro %}

{% macro default__quantity_text(text, mark) -%}
    case
        when {{ text }} is null then null
        when {{ mark }} = '.' and regexp_full_match({{ text }}, '-?[0-9]+(\.[0-9]+)?')
            then {{ text }}
        else number_text_slow(without_unit({{ text }}), {{ mark }})
    end
{%- endmacro %}
