{#
    The data folder as an absolute path: a relative one inside a view breaks for readers elsewhere.
#}
{% macro data_dir() -%}
    {%- if execute -%}
        {{ return(run_query("select getvariable('lucid_data_dir')").columns[0][0]) }}
    {%- endif -%}
{%- endmacro %}

{# A path as SQL text. #}
{% macro path_literal(path) -%}
    '{{ path | replace("'", "''") }}'
{%- endmacro %}

{#
    The files of a folder that match a pattern, as SQL text. A folder's own name may hold the signs
    of a pattern; DuckDB has no escape for them but the set of one. Also for one file: a plain path
    with a * in it means others too.
#}
{% macro glob_literal(folder, pattern) -%}
    {%- set name = folder | replace("[", "[[]") | replace("*", "[*]") | replace("?", "[?]") -%}
    {{ path_literal(name ~ "/" ~ pattern) }}
{%- endmacro %}

{#
    A query of Parquet files as they are. Their folders say nothing about them: DuckDB takes one
    named a=b for a column.
#}
{% macro parquet_files(folder, pattern) -%}
    select * from read_parquet(
        {{ glob_literal(folder, pattern) }}, union_by_name = true, hive_partitioning = false
    )
{%- endmacro %}
