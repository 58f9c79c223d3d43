{#
    An amount of money as the file writes it, to four places; null when it is not one number, or
    one too large for the type.
#}
{% macro parse_amount(text, mark) -%}
    try_cast({{ number_text(text, mark) }} as decimal(18, 4))
{%- endmacro %}

{# The text of a percentage without its sign, and without what it is of ("GST@18%"). #}
{% macro rate_text(text) -%}
    {{ return(adapter.dispatch("rate_text", "lucid")(text)) }}
{%- endmacro %}

{% macro default__rate_text(text) -%}
    {{ clean_text("regexp_replace(" ~ text ~ ", '^[[:alpha:] ]*@|%', '', 'g')") }}
{%- endmacro %}

{# A percentage, or a part of one, to four places; null likewise: from 1,000 on it is none. #}
{% macro parse_rate(text, mark) -%}
    try_cast({{ number_text(text, mark) }} as decimal(7, 4))
{%- endmacro %}

{# A quantity as the file writes it, with or without its unit, to three places; null likewise. #}
{% macro parse_quantity(text, mark) -%}
    try_cast({{ quantity_text(text, mark) }} as decimal(18, 3))
{%- endmacro %}

{#
    The text of a discount, a tax or a cost that is neither a number the type has room for nor says
    that there is none; null otherwise. `figure` is the column, beside one that ends in _text.
#}
{% macro unread_text(figure) -%}
    case
        when {{ figure }} is null and {{ figure }}_text is not null
            then case
                when not {{ says_nothing(figure ~ "_text", var("none_words")) }}
                    then {{ figure }}_text
            end
    end
{%- endmacro %}

{# The first unread text of several columns. #}
{% macro first_unread_text(figures) -%}
    coalesce(
        {%- for figure in figures %}
        {{ unread_text(figure) }}{{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
