{#
    A contract-checked query written to one Parquet file, <data>/<schema>/<model>.parquet, and read
    back through a view. Unlike dbt-duckdb's `external`, an empty result is an empty file (not a row
    of nulls) and readers see the old file or the new one, never half: the file is written under
    another name and moved.
#}
{% materialization parquet, adapter="duckdb" %}

    {%- set folder = data_dir() ~ "/" ~ this.schema -%}
    {%- set file = this.identifier ~ ".parquet" -%}
    {%- set view = this.incorporate(type="view") -%}
    {%- set existing = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks) }}

    {% do get_assert_columns_equivalent(sql) %}
    {% call statement("main") -%}
        copy (
            select
                {% for column in model.columns.values() -%}
                cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }}
                {{- "," if not loop.last }}
                {% endfor %}
            from (
                {{ sql }}
            )
        ) to {{ path_literal(folder ~ "/" ~ file) }} (
            format parquet, compression zstd, use_tmp_file true
        )
    {%- endcall %}

    {% if existing is not none and not existing.is_view %}
        {% do drop_relation_if_exists(existing) %}
    {% endif %}
    {% call statement("create_view") -%}
        create or replace view {{ view }} as {{ parquet_files(folder, file) }}
    {%- endcall %}

    {% do persist_docs(view, model) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}

    {{ return({"relations": [view]}) }}

{% endmaterialization %}
