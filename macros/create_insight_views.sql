{# What the insight and explanation steps wrote, readable beside the marts. #}
{% macro create_insight_views() %}
    {% if execute %}
        create schema if not exists insights;
        {% for table in [
            "insights", "active_insights", "insight_history", "rule_problems", "ai_explanations"
        ] %}
            create or replace view insights.{{ table }} as
            {{ parquet_files(data_dir() ~ "/insights", table ~ ".parquet") }};
        {% endfor %}
    {% endif %}
{% endmacro %}
