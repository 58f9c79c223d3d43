{#
    A name without accents. Marks of scripts that write vowels with them stay: without them other
    words come out.
#}
{% macro plain_letters(text) -%}
    {{ return(adapter.dispatch("plain_letters", "lucid")(text)) }}
{%- endmacro %}

{% macro default__plain_letters(text) -%}
    case when regexp_matches({{ text }}, '\p{M}') then {{ text }} else strip_accents({{ text }}) end
{%- endmacro %}

{# The words and figures of a text, as a list. #}
{% macro words_and_figures(text) -%}
    {{ return(adapter.dispatch("words_and_figures", "lucid")(text)) }}
{%- endmacro %}

{% macro default__words_and_figures(text) -%}
    regexp_extract_all({{ text }}, '[\p{L}\p{M}]+|\p{N}+')
{%- endmacro %}

{# The word of a list at a place, from 1; null where there is none. #}
{% macro word_at(words, place) -%}
    {{ return(adapter.dispatch("word_at", "lucid")(words, place)) }}
{%- endmacro %}

{% macro default__word_at(words, place) -%}
    list_extract({{ words }}, nullif({{ place }}, 0))
{%- endmacro %}

{# A row for each word of a list: its place, from 1. #}
{% macro each_place(words) -%}
    {{ return(adapter.dispatch("each_place", "lucid")(words)) }}
{%- endmacro %}

{% macro default__each_place(words) -%}
    unnest(range(1, len({{ words }}) + 1))
{%- endmacro %}

{# What matches the one group of a pattern, empty where the text does not match; null stays null. #}
{% macro matched(text, pattern) -%}
    {{ return(adapter.dispatch("matched", "lucid")(text, pattern)) }}
{%- endmacro %}

{% macro default__matched(text, pattern) -%}
    regexp_extract({{ text }}, {{ pattern }}, 1)
{%- endmacro %}

{# Whether a word is a figure. #}
{% macro is_figure(word) -%}
    {{ return(adapter.dispatch("is_figure", "lucid")(word)) }}
{%- endmacro %}

{% macro default__is_figure(word) -%}
    regexp_full_match({{ word }}, '\p{N}+')
{%- endmacro %}
