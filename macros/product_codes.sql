{#
    Why a code, whatever it stands beside, is no code: a placeholder (a word for nothing, or only
    zeros), a long number as a spreadsheet shows it (8.90126E+12), or a date it made of a code such
    as 1-5; null for all others.
#}
{% macro code_fault(code) -%}
    case
        when {{ code }} is null then null
        when {{ is_placeholder(code) }} then 'placeholder'
        when {{ is_scientific(code) }} then 'scientific'
        when {{ is_spreadsheet_date(code) }} then 'date'
    end
{%- endmacro %}

{% macro is_scientific(code) -%}
    {{ return(adapter.dispatch("is_scientific", "lucid")(code)) }}
{%- endmacro %}

{% macro default__is_scientific(code) -%}
    is_scientific({{ code }})
{%- endmacro %}

{% macro is_spreadsheet_date(code) -%}
    {{ return(adapter.dispatch("is_spreadsheet_date", "lucid")(code)) }}
{%- endmacro %}

{% macro default__is_spreadsheet_date(code) -%}
    is_spreadsheet_date({{ code }})
{%- endmacro %}

{% macro is_placeholder(code) -%}
    ({{ says_nothing(code) }} or {{ is_zero(code) }})
{%- endmacro %}

{# Whether a code is of zeros alone. #}
{% macro is_zero(code) -%}
    {{ return(adapter.dispatch("is_zero", "lucid")(code)) }}
{%- endmacro %}

{% macro default__is_zero(code) -%}
    regexp_full_match({{ code }}, '0+([.,]0+)?')
{%- endmacro %}

{# What text and number make different of one code: zeros in front, a decimal without a value. #}
{% macro code_form(code) -%}
    {{ return(adapter.dispatch("code_form", "lucid")(code)) }}
{%- endmacro %}

{% macro default__code_form(code) -%}
    bare_code({{ code }})
{%- endmacro %}

{# The letters and digits of a name, one after the other. #}
{% macro name_letters(name) -%}
    {{ return(adapter.dispatch("name_letters", "lucid")(name)) }}
{%- endmacro %}

{% macro default__name_letters(name) -%}
    only_letters({{ name }})
{%- endmacro %}

{#
    Whether two names cannot be spellings of one: they have no word in common, also none misspelled
    or cut short, and are not alike as a whole. Sizes and words of two letters are no words.
#}
{% macro names_differ(name, other) -%}
    {{ return(adapter.dispatch("names_differ", "lucid")(name, other)) }}
{%- endmacro %}

{% macro default__names_differ(name, other) -%}
    names_have_nothing_in_common({{ name }}, {{ other }})
{%- endmacro %}

{# Whether a row names no product at all: neither by a name nor by a code that is one. #}
{% macro names_no_product() -%}
    (product_name_key is null and (product_id is null or {{ is_placeholder("product_id") }}))
{%- endmacro %}

{#
    What tells a row's product from the others of its file, as far as the row alone shows it.
    `relation` names whose columns they are when several are joined.
#}
{% macro product_key(relation=none) -%}
    {%- set of = relation ~ "." if relation else "" -%}
    {%- set code = of ~ "product_id" -%}
    {%- set name = of ~ "product_name_key" -%}
    case
        when {{ name }} is not null and {{ code_fault(code) }} is not null then {{ name }}
        else coalesce({{ code }}, {{ name }})
    end
{%- endmacro %}

{#
    The name a row of a total gives ("Mug Total", "Sub total of Mug"), by the words of the var
    total_words; null for a name without one of them.
#}
{% macro totalled_name(name) -%}
    {{ return(adapter.dispatch("totalled_name", "lucid")(name)) }}
{%- endmacro %}

{% macro default__totalled_name(name) -%}
    {%- set words = var("total_words") | join("|") -%}
    nullif(
        regexp_replace(
            {{ name }},
            '^(?:{{ words }})[ :-]+(?:of |for )?|[ :-]+(?:{{ words }})$',
            ''
        ),
        {{ name }}
    )
{%- endmacro %}

{# Why a row of a list names no product that can be used; null when it names one. #}
{% macro product_fault() -%}
    case
        when {{ names_no_product() }} then 'missing_product'
        when length(product_name) > {{ var('max_name_length') }} then 'name_too_long'
    end
{%- endmacro %}

{# Whether a name may hold a code too: in brackets, or parted from it by a colon, bar or dash. #}
{% macro may_hold_code(name) -%}
    (
        {%- for pattern in ["%[%]%", "%(%)%", "%:%", "%|%", "% - %", "% – %"] %}
        {{ name }} like '{{ pattern }}'
        {%- if not loop.last %} or {%- endif %}
        {%- endfor %}
    )
{%- endmacro %}

{# The letters of a name that holds a code, whose zeros in front do not tell it from others. #}
{% macro written_letters(name) -%}
    trim(leading '0' from {{ name_letters(name) }})
{%- endmacro %}
