{#
    Aggregate: a text that changes when the set of texts does, whatever their order; null when there
    are none.
#}
{% macro digest(text) -%}
    {{ return(adapter.dispatch("digest", "lucid")(text)) }}
{%- endmacro %}

{% macro default__digest(text) -%}
    md5(string_agg({{ text }}, '|' order by {{ text }}))
{%- endmacro %}

{# A number for a text, to find equal ones fast; unequal texts may share one. Null stays null. #}
{% macro text_hash(text) -%}
    {{ return(adapter.dispatch("text_hash", "lucid")(text)) }}
{%- endmacro %}

{% macro default__text_hash(text) -%}
    hash({{ text }})
{%- endmacro %}

{#
    One row per landed part of a raw table: source_file_id and part, a text that changes when the
    part does.
#}
{% macro landed_parts(table) -%}
    {{ return(adapter.dispatch("landed_parts", "lucid")(table)) }}
{%- endmacro %}

{% macro default__landed_parts(table) -%}
    select
        parse_filename(filename, true) as source_file_id,
        concat_ws(':', size, epoch_us(last_modified)) as part
    from read_blob({{ glob_literal(data_dir() ~ "/raw/" ~ table, "*.parquet") }})
    where parse_filename(filename, true) not like '\_%' escape '\'
{%- endmacro %}
