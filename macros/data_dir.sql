{# The data folder as an absolute path: a relative one inside a view breaks for readers elsewhere. #}
{% macro data_dir() -%}
    {%- if execute -%}
        {{ return(run_query("select getvariable('lucid_data_dir')").columns[0][0]) }}
    {%- endif -%}
{%- endmacro %}
