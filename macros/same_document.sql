{# Whether the texts of a line are those of a row of stg_documents; a missing text is one too. #}
{% macro same_document(line, document) -%}
    {{ line }}.source_file_id = {{ document }}.source_file_id
    and {{ line }}.sheet = {{ document }}.sheet
    {%- for name in [
        "document_type", "document_status", "document_status_2", "document_status_3"
    ] %}
    and coalesce({{ line }}.{{ name }}, '') = coalesce({{ document }}.{{ name }}, '')
    {%- endfor %}
{%- endmacro %}
