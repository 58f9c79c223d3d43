{# A quantity in the unit the product is sold in, of which one of its own is `rate`. #}
{% macro in_unit_sold(quantity, rate) -%}
    case
        when {{ rate }} = 1 then {{ quantity }}
        else {{ fixed("cast(" ~ quantity ~ " as double) * cast(" ~ rate ~ " as double)", 3) }}
    end
{%- endmacro %}

{# What one of the unit the product is sold in costs, where one of its own is `rate` of them. #}
{% macro cost_of_unit_sold(cost, rate) -%}
    case when {{ rate }} = 1 then {{ cost }} else {{ ratio(cost, rate, 4) }} end
{%- endmacro %}

{# Whether a row of int_unit_rates, named rates, is about the unit of a row and its item. #}
{% macro same_unit(row, item) -%}
    {{ row }}.dataset_id = rates.dataset_id
    and {{ item }}.item_id = rates.product_id
    and {{ row }}.unit = rates.unit
{%- endmacro %}

{# Whether the item of a row is sold in units that convert; else nobody knows what a list counts. #}
{% macro is_sold_in_one_unit(item) -%}
    not exists (
        select 1 from rates as mixed
        where
            {{ item }}.dataset_id = mixed.dataset_id
            and {{ item }}.item_id = mixed.product_id
            and mixed.is_mixed
    )
{%- endmacro %}
