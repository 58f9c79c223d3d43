{#
    Why a row of a list names no product that can be used: none at all, too long a name, or the
    error a spreadsheet shows in its place (#REF!); null when it names one.
#}
{% macro product_fault() -%}
    case
        when product_id is null and product_name_key is null then 'missing_product'
        when length(product_name) > {{ var('max_name_length') }} then 'name_too_long'
        when coalesce(product_id, product_name_key) like '#%!' then 'missing_product'
    end
{%- endmacro %}
