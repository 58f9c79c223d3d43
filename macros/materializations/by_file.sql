{#
    A table whose rows each belong to one source file, brought up to date file by file: rows of
    files that came, changed or went are deleted, those of files that came or changed inserted, in
    one transaction. The config `files` names the model that lists all files with their
    fingerprints; the SQL reads `changed_files` of it. Other code, or no table yet, means all files.
#}
{% materialization by_file, adapter="duckdb" %}

    {%- set files = ref(config.require("files")) -%}
    {%- set name = this.identifier -%}
    {%- set target = this.incorporate(type="table") -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set code = code_fingerprint() -%}

    {{ run_hooks(pre_hooks) }}

    {%- set known = run_query(
        "select fingerprint from by_file.loaded_files"
        ~ " where model_name = '" ~ name ~ "' and source_file_id = ''"
    ).columns[0] -%}
    {%- set is_whole = (
        existing is none or not existing.is_table or should_full_refresh() or known | list != [code]
    ) -%}

    {% call statement("changed") -%}
        create or replace table by_file.{{ name }} as
        select files.source_file_id, files.fingerprint
        from {{ files }} as files
        {% if not is_whole -%}
            left join by_file.loaded_files as loaded
                on loaded.model_name = '{{ name }}' and files.source_file_id = loaded.source_file_id
            where files.fingerprint is distinct from loaded.fingerprint
        {%- endif %}
    {%- endcall %}

    {% if is_whole %}
        {% if existing is not none and not existing.is_table %}
            {% do drop_relation_if_exists(existing) %}
        {% endif %}
        {% call statement("main") -%}
            create or replace table {{ target }} as (
                {{ sql }}
            )
        {%- endcall %}
        {% call statement("loaded") -%}
            delete from by_file.loaded_files where model_name = '{{ name }}';
            insert into by_file.loaded_files
            select '{{ name }}', '', '{{ code }}'
            union all
            select '{{ name }}', source_file_id, fingerprint from by_file.{{ name }};
        {%- endcall %}
        {% do persist_docs(target, model) %}
    {% else %}
        {%- set gone -%}
            select source_file_id from by_file.loaded_files
            where
                model_name = '{{ name }}' and source_file_id != ''
                and source_file_id not in (select source_file_id from {{ files }})
        {%- endset -%}
        {%- set counts = run_query(
            "select (select count(*) from by_file." ~ name ~ "), count(*) from (" ~ gone ~ ")"
        ) -%}
        {% if counts.columns[0][0] or counts.columns[1][0] %}
            {% call statement("outdated") -%}
                delete from {{ target }} where source_file_id in (
                    select source_file_id from by_file.{{ name }} union all {{ gone }}
                );
                delete from by_file.loaded_files
                where model_name = '{{ name }}' and source_file_id in (
                    select source_file_id from by_file.{{ name }} union all {{ gone }}
                );
                insert into by_file.loaded_files
                select '{{ name }}', source_file_id, fingerprint from by_file.{{ name }};
            {%- endcall %}
        {% endif %}
        {% call statement("main") -%}
            {% if counts.columns[0][0] -%}
                insert into {{ target }} (
                    {{ sql }}
                )
            {%- else -%}
                select 1
            {%- endif %}
        {%- endcall %}
    {% endif %}

    {% do check_constraints(target, none if is_whole else "by_file." ~ name) %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}

    {{ return({"relations": [target]}) }}

{% endmaterialization %}
