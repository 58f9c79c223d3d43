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

{# The text in small letters; null stays null. #}
{% macro small_letters(text) -%}
    {{ return(adapter.dispatch("small_letters", "lucid")(text)) }}
{%- endmacro %}

{% macro default__small_letters(text) -%}
    lower({{ text }})
{%- endmacro %}

{#
    A pattern for `like … escape '^'`: without an escape of its own, a backslash in somebody's
    pattern ends the build on Spark.
#}
{% macro like_pattern(pattern) -%}
    replace({{ pattern }}, '^', '^^')
{%- endmacro %}

{# Text without surrounding spaces of any kind; null when nothing is left. #}
{% macro clean_text(text) -%}
    {{ return(adapter.dispatch("clean_text", "lucid")(text)) }}
{%- endmacro %}

{% macro default__clean_text(text) -%}
    case
        when {{ text }} is null then null
        -- no space at either end: most texts, at half the cost; in DuckDB [-1] is the last letter
        when {{ text }} between '!' and '~' and {{ text }}[-1] between '!' and '~' then {{ text }}
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
    {{ return(adapter.dispatch("told_figure", "lucid")(text)) }}
{%- endmacro %}

{% macro default__told_figure(text) -%}
    case
        when {{ text }} >= '0' and {{ text }} < ':' and {{ text }}[-1] between '0' and '9'
            then {{ text }}
        when not {{ says_nothing(text) }} then {{ clean_text(text) }}
    end
{%- endmacro %}
