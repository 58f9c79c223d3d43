{# What the insight and explanation steps wrote, readable beside the marts. #}
{% macro create_insight_views() %}
    {{ return(adapter.dispatch("create_insight_views", "lucid")()) }}
{% endmacro %}

{% macro default__create_insight_views() %}
    {% if execute %}
        create schema if not exists insights;
        {% set tables = run_query("select getvariable('lucid_insight_tables')").columns[0][0] %}
        {% for table in tables.split(",") %}
            create or replace view insights.{{ table }} as
            {{ parquet_files(data_dir() ~ "/insights", table ~ ".parquet") }};
        {% endfor %}
    {% endif %}
{% endmacro %}
