{#
    The shop's calendar day a file's date text means, in the file's order of day, month and year
    ('ymd', 'dmy', 'mdy', 'serial' for Excel's day numbers); null when it is no date.
    A time without a zone is taken as written; with one it is moved to the shop's time zone first.
#}
{% macro parse_date(text, date_order) -%}
    {{ return(adapter.dispatch("parse_date", "lucid")(text, date_order)) }}
{%- endmacro %}

{% macro default__parse_date(text, date_order) -%}
    case
        when {{ text }} is null then null
        when regexp_full_match({{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') then try_cast({{ text }} as date)
        else parse_date_slow({{ text }}, {{ date_order }}, '{{ var("timezone") }}')
    end
{%- endmacro %}
