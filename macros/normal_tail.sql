{#
    The two-sided p of the standard normal, within 1.5e-7 (Abramowitz and Stegun 26.2.17), for a z
    not below zero and t = 1 / (1 + 0.2316419 z); a double, null when either is null. The arguments
    stand in it many times: give columns, not expressions.
#}
{% macro normal_tail(z, t) -%}
    exp(-0.5 * {{ z }} * {{ z }}) * 0.7978845608028654 * {{ t }} * (
        0.319381530 + {{ t }} * (-0.356563782 + {{ t }} * (1.781477937 + {{ t }} * (
            -1.821255978 + {{ t }} * 1.330274429
        )))
    )
{%- endmacro %}
