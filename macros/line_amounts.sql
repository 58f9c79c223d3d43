{#
    What is left of an amount once its discount is off: money, money of each piece, or a part of it
    stand in columns of their own, and a line has one of them at most. Whatever sign a discount is
    written with, it makes the amount smaller. Null when the amount is.
#}
{% macro less_discount(amount) -%}
    cast({{ amount }} - sign({{ amount }}) * coalesce(
        abs(discount_amount),
        abs(try_cast(cast(unit_discount as decimal(28, 4)) * quantity as decimal(18, 4))),
        abs({{ ratio("cast(" ~ amount ~ " as double) * discount_percent", "100", 4) }}),
        abs({{ ratio("cast(" ~ amount ~ " as double) * discount_share", "1", 4) }}),
        0
    ) as decimal(18, 4))
{%- endmacro %}

{#
    What is left of an amount once the tax in it is off: a rate, or money in up to four columns. Tax
    has the sign of the amount, whatever sign it is written with. Null when the amount is.
#}
{% macro less_tax(amount) -%}
    cast(case
        when tax_percent is not null
            then {{ ratio("cast(" ~ amount ~ " as double) * 100", "100 + tax_percent", 4) }}
        else {{ amount }} - sign({{ amount }}) * abs(
            coalesce(tax_amount, 0) + coalesce(tax_amount_2, 0)
            + coalesce(tax_amount_3, 0) + coalesce(tax_amount_4, 0)
        )
    end as decimal(18, 4))
{%- endmacro %}
