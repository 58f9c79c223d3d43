{#
    Bodies for Spark of what stands around a build. Landed rows and functions are there when its
    session begins; who reads insights reads their files.
#}
{% macro spark__create_raw_views() %}{% endmacro %}

{% macro spark__create_insight_views() %}{% endmacro %}

{#
    Tables are those of one build, so that no state of files is kept, and no selection of models
    finds tables of an earlier one to read.
#}
{% macro spark__create_by_file_state() %}
    {% if execute %}
        {% for node in graph.nodes.values() if node.resource_type in ("model", "seed") %}
            {% if node.unique_id not in selected_resources %}
                {% do exceptions.raise_compiler_error(
                    "On Spark everything is built at once, and " ~ node.name ~ " is left out: run "
                    ~ "`dbt build --target spark` without a selection, or use `--target duckdb`."
                ) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{# Nothing is loaded before a build: the files that changed are all there are. #}
{% macro spark__changed_files(files) -%}
    {{ files }}
{%- endmacro %}

{# So a data test that asks changed files alone on DuckDB asks all rows here. #}
{% macro spark__get_where_subquery(relation) -%}
    {%- if "by_file." in (config.get("where") or "") -%}
        {{ return(relation) }}
    {%- endif -%}
    {{ return(default__get_where_subquery(relation)) }}
{%- endmacro %}

{% macro spark__publish() %}
    {% do adapter.publish_tables() %}
{% endmacro %}

{% macro spark__stored_types(columns) -%}
    {%- set types = {} -%}
    {%- for column in columns -%}
        {%- set type = column.data_type | upper | replace(" ", "") | replace("INTEGER", "INT") -%}
        {%- do types.update({
            column.name: "ARRAY<" ~ type[:-2] ~ ">" if type.endswith("[]") else type
        }) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro %}

{#
    dbt-spark's own puts texts between quotes as they are: an apostrophe ends the statement, and an
    empty cell reads 'None'.
#}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set told = model["config"].get("column_types", {}) -%}
    {%- set casts = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- set type = told.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
        {%- do casts.append("cast(" ~ name ~ " as " ~ type ~ ")") -%}
    {%- endfor -%}
    {%- for chunk in agate_table.rows | batch(2000) -%}
        {%- set rows = [] -%}
        {%- for row in chunk -%}
            {%- set cells = [] -%}
            {%- for value in row -%}
                {%- do cells.append("null" if value is none else text_literal(value)) -%}
            {%- endfor -%}
            {%- do rows.append("(" ~ cells | join(", ") ~ ")") -%}
        {%- endfor -%}
        {%- do adapter.add_query(
            "insert into " ~ this.render() ~ " select " ~ casts | join(", ") ~ " from values "
            ~ rows | join(", ") ~ " as told (" ~ agate_table.column_names | join(", ") ~ ")",
            abridge_sql_log=True
        ) -%}
    {%- endfor -%}
    {{ return("-- " ~ this.render()) }}
{%- endmacro %}

{# A value as a text between quotes. #}
{% macro text_literal(value) -%}
    {{ return("'" ~ value | string | replace("\\", "\\\\") | replace("'", "\\'") ~ "'") }}
{%- endmacro %}

{# Which file has which rows; every build reads all of them, so that no mark is asked for. #}
{% macro spark__landed_parts(table) -%}
    select distinct source_file_id, '' as part from {{ source("raw", table) }}
{%- endmacro %}
