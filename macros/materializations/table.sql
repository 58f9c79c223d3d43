{#
    A table put in place of the old one in one statement. dbt-duckdb's own builds it under another
    name, looks for indexes and foreign keys, and renames twice: in a small shop that took longer
    than the queries themselves.
#}
{% materialization table, adapter="duckdb" %}

    {%- set target = this.incorporate(type="table") -%}
    {%- set existing = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks) }}

    {% if existing is not none and not existing.is_table %}
        {% do drop_relation_if_exists(existing) %}
    {% endif %}
    {% call statement("main") -%}
        create or replace table {{ target }} as (
            {{ sql }}
        )
    {%- endcall %}

    {% do check_constraints(target) %}
    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}

    {{ return({"relations": [target]}) }}

{% endmaterialization %}
