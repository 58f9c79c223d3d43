{#
    Profit as reported: the difference of the two reported amounts, so that the identity holds to
    the paisa in every table. Null when no line's cost is known; zero when there is no line at all.
#}
{% macro profit(revenue_with_cost, cost, costed_line_count, line_count) -%}
    case
        when {{ costed_line_count }} > 0 or {{ line_count }} = 0
            then cast({{ money(revenue_with_cost) }} - {{ money(cost) }} as decimal(18, 2))
    end
{%- endmacro %}
