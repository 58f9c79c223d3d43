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

{#
    A number for a list of values, to find equal ones fast; unequal values may share one, and a null
    is a value like any other.
#}
{% macro values_hash(values) -%}
    {{ return(adapter.dispatch("values_hash", "lucid")(values)) }}
{%- endmacro %}

{% macro default__values_hash(values) -%}
    hash({{ values | join(", ") }})
{%- endmacro %}

{#
    Aggregate: a text that changes when the rows do, whatever their order, and when one stands there
    once more; `hashed` is a values_hash of each. Rows with null are left out; null when no row is
    left.
#}
{% macro rows_digest(hashed) -%}
    cast(sum({{ hashed }}) as string)
{%- endmacro %}

{#
    Aggregate: rows_digest of a column beside the quantity and net revenue of each line; null unless
    all lines tell it.
#}
{% macro told_digest(column) -%}
    case
        when count({{ column }}) = count(*)
            then {{ rows_digest(values_hash([column, "quantity", "net_revenue"])) }}
    end
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
