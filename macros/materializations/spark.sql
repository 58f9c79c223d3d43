{#
    Each build makes all tables anew, and readers see none of them before it is published: a table
    is made where none is, and nothing has to be put in place of anything. A view would be planned
    and worked out again wherever it is read. Kept docs would describe what is gone when the build
    ends.
#}
{% macro create_on_spark() %}
    {%- set table = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main") -%}
        create table {{ table }} using parquet as
        {{ sql }}
    {%- endcall %}
    {% if config.get("contract").enforced %}
        {% do check_columns(table) %}
    {% endif %}
    {% do check_constraints(table) %}
    {{ run_hooks(post_hooks) }}
    {{ return({"relations": [table]}) }}
{% endmacro %}

{% materialization table, adapter="spark" %}
    {{ return(create_on_spark()) }}
{% endmaterialization %}

{% materialization view, adapter="spark" %}
    {{ return(create_on_spark()) }}
{% endmaterialization %}

{% materialization parquet, adapter="spark" %}
    {{ return(create_on_spark()) }}
{% endmaterialization %}

{% materialization by_file, adapter="spark" %}
    {{ return(create_on_spark()) }}
{% endmaterialization %}
