{#
    The files a model incremental by file reads in this run: a relation with source_file_id. Of a
    model that is not built that way, and in unit tests, all of them: the relation given. It names
    every file there is, with a fingerprint of all that file's rows depend on beyond the code.
#}
{% macro changed_files(files) -%}
    {{ return(adapter.dispatch("changed_files", "lucid")(files)) }}
{%- endmacro %}

{% macro default__changed_files(files) -%}
    {%- if model.resource_type == "model" and model.config.materialized == "by_file" -%}
        by_file.{{ model.name }}
    {%- else -%}
        {{ files }}
    {%- endif -%}
{%- endmacro %}

{# What is loaded into which model; the models' changed files stand beside it. #}
{% macro create_by_file_state() %}
    {{ return(adapter.dispatch("create_by_file_state", "lucid")()) }}
{% endmacro %}

{% macro default__create_by_file_state() %}
    {% if execute %}
        create schema if not exists by_file;
        create table if not exists by_file.loaded_files (
            model_name string, source_file_id string, fingerprint string
        );
    {% endif %}
{% endmacro %}

{# Changes when this model, a model or seed it depends on, a macro, a var or the engine does. #}
{% macro code_fingerprint() -%}
    {%- set pending = [model.unique_id] -%}
    {%- set parts = [
        run_query("select getvariable('lucid_code_digest')").columns[0][0],
        tojson(invocation_args_dict.get("vars", {}))
    ] -%}
    {#- the list grows while it is read -#}
    {%- for unique_id in pending -%}
        {%- set node = graph.nodes.get(unique_id) -%}
        {%- if node -%}
            {%- do parts.append(unique_id ~ ":" ~ node.checksum.checksum) -%}
            {%- for parent in node.depends_on.nodes | sort if parent not in pending -%}
                {%- do pending.append(parent) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join("|"))) }}
{%- endmacro %}
