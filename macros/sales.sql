{#
    The six sums every answer about sales is made of, exact in the types all models hold them in. A
    group has at least one row, and none of the six is ever null in it: a line without a cost adds
    zero to the cost and is missing in the costed lines. `relation` names whose columns they are
    when several are joined.
#}
{% macro sales_sums(relation=none) -%}
    {%- set of = relation ~ "." if relation else "" -%}
    cast(sum({{ of }}quantity) as decimal(18, 3)) as quantity,
    cast(sum({{ of }}revenue) as decimal(18, 4)) as revenue,
    cast(sum({{ of }}revenue_with_cost) as decimal(18, 4)) as revenue_with_cost,
    cast(sum({{ of }}cost) as decimal(28, 7)) as cost,
    cast(sum({{ of }}line_count) as bigint) as line_count,
    cast(sum({{ of }}costed_line_count) as bigint) as costed_line_count
{%- endmacro %}

{#
    The same six of a relation joined from the left: where it has no row nothing was sold, and that
    is zero.
#}
{% macro sales_or_zero(relation) -%}
    coalesce({{ relation }}.quantity, 0) as quantity,
    coalesce({{ relation }}.revenue, 0) as revenue,
    coalesce({{ relation }}.revenue_with_cost, 0) as revenue_with_cost,
    coalesce({{ relation }}.cost, 0) as cost,
    coalesce({{ relation }}.line_count, 0) as line_count,
    coalesce({{ relation }}.costed_line_count, 0) as costed_line_count
{%- endmacro %}

{#
    A query of products, their categories and the store, one below the other. `products` holds the
    six sums by product with its category, `store` those of all lines, charges too, for which no
    category is known; `columns` are what both are grouped by besides. Null in one of those keeps
    its own rows. `added` are further columns of both, added up like the six.
#}
{% macro entity_levels(products, store, columns, added=[]) -%}
    {%- set sums = (
        ["quantity, revenue, revenue_with_cost, cost, line_count, costed_line_count"] + added
    ) | join(", ") -%}
    {%- set others = columns | join(", ") -%}
    select
        dataset_id,
        'product' as entity_type,
        product_id as entity_id,
        category,
        {{ sums }},
        {{ others }}
    from {{ products }}
    union all
    select
        dataset_id,
        'category' as entity_type,
        category as entity_id,
        category,
        {{ sales_sums() }},
        {% for column in added %}sum({{ column }}) as {{ column }}, {% endfor %}
        {{ others }}
    from {{ products }}
    group by dataset_id, category, {{ others }}
    union all
    select
        dataset_id,
        'store' as entity_type,
        dataset_id as entity_id,
        cast(null as string) as category,
        {{ sums }},
        {{ others }}
    from {{ store }}
{%- endmacro %}
