{#
    A view put in place of the old one in one statement. dbt-duckdb's own makes it under another
    name and renames twice, which took longer than making a small table.
#}
{% materialization view, adapter="duckdb" %}

    {%- set target = this.incorporate(type="view") -%}
    {%- set existing = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks) }}

    {% if existing is not none and not existing.is_view %}
        {% do drop_relation_if_exists(existing) %}
    {% endif %}
    {% call statement("main") -%}
        create or replace view {{ target }} as (
            {{ sql }}
        )
    {%- endcall %}

    {% do persist_docs(target, model) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}

    {{ return({"relations": [target]}) }}

{% endmaterialization %}
