{# Bodies for Spark. The functions are those of warehouse/functions_spark.sql. #}
{% macro spark__text_key(text) -%}
    lucid_text_key({{ text }})
{%- endmacro %}

{% macro spark__small_letters(text) -%}
    lucid_small_letters({{ text }})
{%- endmacro %}

{% macro spark__clean_text(text) -%}
    lucid_clean_text({{ text }})
{%- endmacro %}

{% macro spark__says_nothing(text, more_words) -%}
    {%- set words = (var("nothing_words") | list) + (more_words | list) -%}
    {%- set blank = "\\t\\n\\f\\r " -%}
    (
        length({{ text }}) <= {{ words | map("length") | max + 2 }}
        and {{ text }} rlike
        r"(?iu)^[{{ blank }}]*([\p{P}\p{Sm}\p{Sc}\p{Sk}{{ blank }}]+|#[^{{ blank }}]*[!?]
        {{- "|" }}\Q{{ words | join("\\E|\\Q") }}\E)[{{ blank }}]*\z"
    )
{%- endmacro %}

{% macro spark__told_figure(text) -%}
    case when not {{ says_nothing(text) }} then {{ clean_text(text) }} end
{%- endmacro %}

{% macro spark__number_text(text, mark) -%}
    lucid_number_text({{ text }}, {{ mark }})
{%- endmacro %}

{% macro spark__quantity_text(text, mark) -%}
    lucid_quantity_text({{ text }}, {{ mark }})
{%- endmacro %}

{% macro spark__rate_text(text) -%}
    {{ clean_text("regexp_replace(" ~ text ~ ", r'^[A-Za-z ]*@|%', '')") }}
{%- endmacro %}

{% macro spark__parse_date(text, date_order, zone) -%}
    lucid_parse_date({{ text }}, {{ date_order }}, coalesce({{ zone }}, '{{ var("timezone") }}'))
{%- endmacro %}

{% macro spark__is_zero(code) -%}
    {{ code }} rlike r'^0+([.,]0+)?\z'
{%- endmacro %}

{% macro spark__is_scientific(code) -%}
    lucid_is_scientific({{ code }})
{%- endmacro %}

{% macro spark__is_spreadsheet_date(code) -%}
    lucid_is_spreadsheet_date({{ code }})
{%- endmacro %}

{% macro spark__code_form(code) -%}
    lucid_bare_code({{ code }})
{%- endmacro %}

{% macro spark__name_letters(name) -%}
    lucid_only_letters({{ name }})
{%- endmacro %}

{% macro spark__names_differ(name, other) -%}
    (
        lucid_letters_are_alike(
            regexp_replace({{ name }}, r'[^\p{L}\p{M}\p{N}]+', ''),
            regexp_replace({{ other }}, r'[^\p{L}\p{M}\p{N}]+', '')
        ) < 0.8
        and not lucid_have_a_word_in_common({{ name }}, {{ other }})
    )
{%- endmacro %}

{% macro spark__totalled_name(name) -%}
    {%- set words = var("total_words") | join("|") -%}
    nullif(
        regexp_replace(
            {{ name }},
            r'^(?:{{ words }})[ :-]+(?:of |for )?|[ :-]+(?:{{ words }})\z',
            '',
            1
        ),
        {{ name }}
    )
{%- endmacro %}

{% macro spark__plain_letters(text) -%}
    case when {{ text }} rlike r'\p{M}' then {{ text }} else lucid_without_accents({{ text }}) end
{%- endmacro %}

{% macro spark__words_and_figures(text) -%}
    regexp_extract_all({{ text }}, r'([\p{L}\p{M}]+|\p{N}+)', 1)
{%- endmacro %}

{% macro spark__word_at(words, place) -%}
    get({{ words }}, {{ place }} - 1)
{%- endmacro %}

{% macro spark__each_place(words) -%}
    explode(transform({{ words }}, (word, place) -> place + 1))
{%- endmacro %}

{# The dot and the blanks of a pattern mean what they mean to RE2. #}
{% macro spark__matched(text, pattern) -%}
    {%- set blanks = pattern | replace("\\s", "[\\t\\n\\f\\r ]") -%}
    regexp_extract({{ text }}, r{{ blanks | replace("'^", "'(?d)^") | replace("$'", "\\z'") }}, 1)
{%- endmacro %}

{% macro spark__is_figure(word) -%}
    {{ word }} rlike r'^\p{N}+\z'
{%- endmacro %}
