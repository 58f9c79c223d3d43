{#
    ln Γ(x) for x > 0 to 1e-12, in SQL every engine has: Stirling's series at x + 8, brought back by
    the recurrence Γ(x + 1) = x Γ(x). Null stays null.
#}
{% macro log_gamma(x) -%}
    (
        (({{ x }}) + 7.5) * ln(cast(({{ x }}) + 8 as double))
        - (({{ x }}) + 8) + 0.918938533204672742
        + 1 / (12 * cast(({{ x }}) + 8 as double))
        - 1 / (360 * power(cast(({{ x }}) + 8 as double), 3))
        + 1 / (1260 * power(cast(({{ x }}) + 8 as double), 5))
        - 1 / (1680 * power(cast(({{ x }}) + 8 as double), 7))
        - ln(
            cast(({{ x }}) as double) * (({{ x }}) + 1) * (({{ x }}) + 2) * (({{ x }}) + 3)
            * (({{ x }}) + 4) * (({{ x }}) + 5) * (({{ x }}) + 6) * (({{ x }}) + 7)
        )
    )
{%- endmacro %}
