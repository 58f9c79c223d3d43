{#
    Every declared raw table is a view over its folder of Parquet files; no file yet means no rows.
#}
{% macro create_raw_views() %}
    {{ return(adapter.dispatch("create_raw_views", "lucid")()) }}
{% endmacro %}

{% macro default__create_raw_views() %}
    {% if execute %}
        create schema if not exists raw;
        {% for source in graph.sources.values() if source.source_name == "raw" %}
            create or replace view raw.{{ source.identifier }} as
            {{ parquet_files(data_dir() ~ "/raw/" ~ source.identifier, "*.parquet") }};
        {% endfor %}
    {% endif %}
{% endmacro %}
