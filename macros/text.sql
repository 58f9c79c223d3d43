{#
    A name as it is compared: full-width letters and digits as plain ones, every kind of space as
    one space, invisible characters dropped, lower case; null when nothing is left.
#}
{% macro text_key(text) -%}
    {{ return(adapter.dispatch("text_key", "lucid")(text)) }}
{%- endmacro %}

{% macro default__text_key(text) -%}
    case
        when {{ text }} is null then null
        -- plain letters with single spaces between them: most names, at a tenth of the cost
        when regexp_full_match({{ text }}, '[!-~]+( [!-~]+)*') then lower({{ text }})
        else text_key_slow({{ text }})
    end
{%- endmacro %}

{# Text without surrounding spaces of any kind; null when nothing is left. #}
{% macro clean_text(text) -%}
    {{ return(adapter.dispatch("clean_text", "lucid")(text)) }}
{%- endmacro %}

{% macro default__clean_text(text) -%}
    case
        when {{ text }} is null then null
        when regexp_full_match({{ text }}, '[!-~]([ -~]*[!-~])?') then {{ text }}
        else clean_text_slow({{ text }})
    end
{%- endmacro %}
