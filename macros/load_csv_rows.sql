{#
    dbt-duckdb's own takes a seed's path as it stands, and as it was when the project was last
    parsed: a clone whose folder holds a ' or a *, or that was moved, could load none.
#}
{% macro duckdb__load_csv_rows(model, agate_table) -%}
    {%- set project_dir = run_query("select getvariable('lucid_project_dir')").columns[0][0] -%}
    {%- set sql -%}
        copy {{ this.render() }} from {{ glob_literal(project_dir, model["original_file_path"]) }}
        (format csv, header true)
    {%- endset -%}
    {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
    {{ return(sql) }}
{%- endmacro %}
