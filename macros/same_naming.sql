{# Whether a row names a product as a row of int_product_identities does; nothing is a name too. #}
{% macro same_naming(row, identity) -%}
    {{ row }}.dataset_id = {{ identity }}.dataset_id
    and {{ row }}.product_id is not distinct from {{ identity }}.product_id
    and {{ row }}.product_name_key is not distinct from {{ identity }}.product_name_key
{%- endmacro %}
