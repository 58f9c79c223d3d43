{#
    Ends the build of a model whose constraints do not hold; called before the commit, so that the
    old rows stay. A key is a `primary_key`, or `unique` for one with columns that may be null,
    which `not_null` names the others of; a `check` has to be true in every row: an unknown answer
    is not a pass. Of what is kept file by file only `files` are looked at: the others were.
#}
{% macro check_constraints(relation, files=none) %}
    {%- set complete = [] -%}
    {%- for constraint in model.constraints if constraint.type in ("primary_key", "not_null") -%}
        {%- do complete.extend(constraint.columns) -%}
    {%- endfor -%}
    {%- set questions = [] -%}
    {%- for constraint in model.constraints -%}
        {%- if constraint.type in ("primary_key", "unique") -%}
            {%- do questions.append(
                broken_key(relation, constraint.columns, complete, files)
            ) -%}
        {%- elif constraint.type == "check" -%}
            {%- do questions.append(broken_check(relation, constraint.expression, files)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if questions -%}
        {#- asked at once: each question of its own costs dbt more than DuckDB -#}
        {%- set broken = run_query(questions | join(" union all ")) -%}
        {%- if broken.rows -%}
            {%- do exceptions.raise_compiler_error(broken.columns[0] | join(" ")) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{# What is wrong with a key, in words: one that is on several rows, or lacks a part. #}
{% macro broken_key(relation, columns, complete, files) -%}
    {%- set key = columns | join(", ") -%}
    (
        select
            'The key ({{ key }}) of {{ this.identifier }} does not hold: '
            {% for column in columns -%}
            || coalesce(cast({{ column }} as string), 'None') || ', '
            {% endfor -%}
            || cast(count(*) as string) || ' rows.' as problem
        from {{ relation }}
        {{ of_files(files) }}
        group by {{ key }}
        having
            count(*) > 1
            {% for column in columns if column in complete -%} or {{ column }} is null {% endfor %}
        order by {{ key }}
        limit 1
    )
{%- endmacro %}

{# The number of rows an expression is not true of, in words, if there are any. #}
{% macro broken_check(relation, expression, files) -%}
    (
        select
            'In {{ this.identifier }} it does not hold that {{ expression | replace("'", "''") }}: '
            || cast(count(case when ({{ expression }}) is not true then 1 end) as string)
            || ' rows.' as problem
        from {{ relation }}
        {{ of_files(files) }}
        having count(case when ({{ expression }}) is not true then 1 end) > 0
    )
{%- endmacro %}

{# Of what is kept file by file, the rows of some files. #}
{% macro of_files(files) -%}
    {%- if files is not none -%}
        where source_file_id in (select source_file_id from {{ files }})
    {%- endif -%}
{%- endmacro %}

{#
    Ends the build of a model whose table has other columns or types than its contract says. dbt's
    own check asks for both in queries of their own and takes twenty times as long: it is asked
    where something differs, if only in the spelling of a type, and says what.
#}
{% macro check_columns(relation) %}
    {%- set made = {} -%}
    {%- for row in run_query("describe " ~ relation).rows -%}
        {%- do made.update({row[0]: row[1] | upper}) -%}
    {%- endfor -%}
    {%- if made != stored_types(model.columns.values()) -%}
        {%- do get_assert_columns_equivalent(sql) -%}
    {%- endif -%}
{% endmacro %}

{# The types of columns by their names, each as the engine answers it, in capital letters. #}
{% macro stored_types(columns) -%}
    {{ return(adapter.dispatch("stored_types", "lucid")(columns)) }}
{%- endmacro %}

{% macro default__stored_types(columns) -%}
    {%- set types = {} -%}
    {%- for column in columns -%}
        {%- set type = column.data_type | upper | replace(" ", "") -%}
        {%- do types.update({column.name: type | replace("STRING", "VARCHAR")}) -%}
    {%- endfor -%}
    {{ return(types) }}
{%- endmacro %}
