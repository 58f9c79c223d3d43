{#
    The shop's calendar day a file's date text means, in the file's order of day, month and year
    ('ymd', 'dmy', 'mdy', 'ydm', 'serial' for Excel's day numbers); null when it is no date. A time
    without a zone is taken as written; with one it is moved to the shop's time zone first: the
    column `zone`, or where that is null the project's.
#}
{% macro parse_date(text, date_order, zone) -%}
    {{ return(adapter.dispatch("parse_date", "lucid")(text, date_order, zone)) }}
{%- endmacro %}

{% macro default__parse_date(text, date_order, zone) -%}
    case
        when {{ text }} is null then null
        when
            coalesce({{ date_order }}, '') != 'ydm'
            and regexp_full_match({{ text }}, '[0-9]{4}-[0-9]{2}-[0-9]{2}')
            then try_cast({{ text }} as date)
        else parse_date_slow(
            {{ text }}, {{ date_order }}, coalesce({{ zone }}, '{{ var("timezone") }}')
        )
    end
{%- endmacro %}
