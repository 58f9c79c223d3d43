{#
    Ends the build of a model whose declared key does not hold; called before the commit, so that
    the old rows stay. The key is a constraint of the model's yml: `primary_key`, or `unique` for
    one with columns that may be null, which `not_null` names the others of. Of a key that begins
    with the file, only `files` are looked at: the rows of all others were.
#}
{% macro check_key(relation, files=none) %}
    {%- set complete = [] -%}
    {%- for constraint in model.constraints if constraint.type in ("primary_key", "not_null") -%}
        {%- do complete.extend(constraint.columns) -%}
    {%- endfor -%}
    {%- for constraint in model.constraints if constraint.type in ("primary_key", "unique") -%}
        {%- set key = constraint.columns | join(", ") -%}
        {%- set never_null = constraint.columns | select("in", complete) -%}
        {%- set broken = run_query(broken_keys(relation, key, never_null, files)) -%}
        {%- if broken.rows -%}
            {%- do exceptions.raise_compiler_error(
                "The key (" ~ key ~ ") of " ~ this.identifier ~ " does not hold: "
                ~ broken.rows[0].values() | join(", ") ~ " rows."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{# One key that is on several rows or lacks a part, and the number of its rows. #}
{% macro broken_keys(relation, key, never_null, files) -%}
    select {{ key }}, count(*) as row_count from {{ relation }}
    {% if files is not none -%}
        where source_file_id in (select source_file_id from {{ files }})
    {% endif -%}
    group by {{ key }}
    having count(*) > 1 {% for column in never_null %} or {{ column }} is null {% endfor %}
    order by {{ key }}
    limit 1
{%- endmacro %}
