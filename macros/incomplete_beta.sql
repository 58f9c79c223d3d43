{#
    The regularised incomplete beta function I_x(a, b) for 0 <= x <= 1 and a, b > 1, by Simpson's
    rule on 200 panels: within 2e-7 of the true value for a <= 23.5 and b = 5.5, and one fixed order
    of additions. Null when any argument is null. The arguments stand in it 200 times: give columns,
    not expressions.
#}
{% macro incomplete_beta(x, a, b) -%}
    (
        {{ x }} * 0.005
        * exp({{ log_gamma(a ~ ' + ' ~ b) }} - {{ log_gamma(a) }} - {{ log_gamma(b) }}) * (
            power({{ x }}, {{ a }} - 1) * power(1 - {{ x }}, {{ b }} - 1)
            {%- for node in range(1, 200) %}
            + {{ 4 if node % 2 else 2 }} * power({{ x }} * {{ node / 200 }}, {{ a }} - 1)
            * power(1 - {{ x }} * {{ node / 200 }}, {{ b }} - 1)
            {%- endfor %}
        ) * {{ 1 / 3 }}
    )
{%- endmacro %}
