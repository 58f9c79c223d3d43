{#
    A contract-checked query written to one Parquet file, <data>/<schema>/<model>.parquet, and read
    back through a view. Unlike dbt-duckdb's `external`, an empty result is an empty file (not a row
    of nulls) and readers see the old file or the new one, never half: the file is written under
    another name and moved. The id of its build is put into it when all tables are there, by
    `publish_build`; until then it is zeros.
#}
{% materialization parquet, adapter="duckdb" %}

    {%- set folder = data_dir() ~ "/" ~ this.schema -%}
    {%- set file = this.identifier ~ ".parquet" -%}
    {%- set view = this.incorporate(type="view") -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set draft = "temp." ~ this.identifier -%}

    {{ run_hooks(pre_hooks) }}

    {#- the file is replaced by rows whose contract and constraints hold, or not at all -#}
    {% call statement("main") -%}
        create or replace temp table {{ draft }} as (
            {{ sql }}
        )
    {%- endcall %}
    {% do check_columns(draft) %}
    {% do check_constraints(draft) %}
    {% call statement("file") -%}
        copy (
            select
                {% for column in model.columns.values() -%}
                cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }}
                {{- "," if not loop.last }}
                {% endfor %}
            from {{ draft }}
        ) to {{ path_literal(folder ~ "/tmp_" ~ file) }} (
            format parquet, compression zstd, use_tmp_file false,
            kv_metadata {lucid_build: '{{ "0" * 32 }}'}
        );
        drop table {{ draft }};
    {%- endcall %}
    {#- the plugin moves it: on Windows another program may hold the old file for a moment -#}
    {% do adapter.store_relation("dbt_plugin", this, [], folder ~ "/" ~ file, "parquet", {}) %}

    {% if existing is not none and not existing.is_view %}
        {% do drop_relation_if_exists(existing) %}
    {% endif %}
    {% call statement("create_view") -%}
        create or replace view {{ view }} as {{ parquet_files(folder, file) }};
        {{ comments(view) }}
    {%- endcall %}

    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}

    {{ return({"relations": [view]}) }}

{% endmaterialization %}

{#
    The statements that keep the descriptions of a view and its columns in the database. dbt's own
    look twice which columns there are; here the contract was checked.
#}
{% macro comments(view) -%}
    {% if config.persist_relation_docs() and model.description -%}
        comment on view {{ view }} is {{ duckdb_escape_comment(model.description) }};
    {% endif -%}
    {% if config.persist_column_docs() -%}
        {% for column in model.columns.values() if column.description -%}
            comment on column {{ view }}.{{ column.name }} is
            {{ duckdb_escape_comment(column.description) }};
        {% endfor -%}
    {% endif -%}
{%- endmacro %}
