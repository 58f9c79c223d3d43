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

{#
    Whether a cell holds no more than a mark ("-", "?"), the error a spreadsheet shows (#REF!) or a
    word for nothing: those of the var nothing_words and `more_words`, whatever their case.
#}
{% macro says_nothing(text, more_words=[]) -%}
    {{ return(adapter.dispatch("says_nothing", "lucid")(text, more_words)) }}
{%- endmacro %}

{% macro default__says_nothing(text, more_words) -%}
    {%- set words = (var("nothing_words") | list) + (more_words | list) -%}
    {#- most cells are longer than any of them, and no pattern is tried on those -#}
    (
        length({{ text }}) <= {{ words | map("length") | max + 2 }}
        and regexp_full_match(
            {{ text }},
            '(?i)\s*([\p{P}\p{Sm}\p{Sc}\p{Sk}\s]+|#\S*[!?]|\Q{{ words | join("\\E|\\Q") }}\E)\s*'
        )
    )
{%- endmacro %}

{# A text with clean_text, null where it says nothing. #}
{% macro told_text(text) -%}
    case when not {{ says_nothing(text) }} then {{ clean_text(text) }} end
{%- endmacro %}

{# A name as text_key compares it, null where it says nothing. #}
{% macro told_key(text) -%}
    case when not {{ says_nothing(text) }} then {{ text_key(text) }} end
{%- endmacro %}

{#
    The text of a figure with clean_text, null where it says nothing. What begins and ends with a
    digit says something: most figures do, and no pattern is tried on those.
#}
{% macro told_figure(text) -%}
    case
        when {{ text }} >= '0' and {{ text }} < ':' and right({{ text }}, 1) between '0' and '9'
            then {{ text }}
        when not {{ says_nothing(text) }} then {{ clean_text(text) }}
    end
{%- endmacro %}
