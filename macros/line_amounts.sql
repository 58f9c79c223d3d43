{#
    What is left of an amount once its discount is off: money, money of each piece, or a part of it
    stand in columns of their own, and a line has one of them at most. Whatever sign a discount is
    written with, it makes the amount smaller. Null when the amount is.
#}
{% macro less_discount(amount) -%}
    cast({{ amount }} - {{ sign_of(amount) }} * coalesce(
        abs(discount_amount),
        abs(try_cast({{ product('unit_discount', 4, 'quantity') }} as decimal(18, 4))),
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
            then {{ ratio("cast(" ~ amount ~ " as double) * 100", "100 + abs(tax_percent)", 4) }}
        else {{ amount }} - {{ sign_of(amount) }} * abs(
            coalesce(tax_amount, 0) + coalesce(tax_amount_2, 0)
            + coalesce(tax_amount_3, 0) + coalesce(tax_amount_4, 0)
        )
    end as decimal(18, 4))
{%- endmacro %}

{#
    What a line cost, signed like its quantity: the line's own over the piece's over the amount less
    the profit. One that is missing or not above zero is unknown, never zero; a return's may be
    below it.
#}
{% macro signed_cost() -%}
    case
        when line_cost > 0 or (line_cost < 0 and signed_quantity < 0)
            then cast(abs(line_cost) * {{ sign_of('signed_quantity') }} as decimal(18, 4))
        when unit_cost > 0
            then try_cast({{ product('unit_cost', 4, 'signed_quantity') }} as decimal(18, 4))
        when
            {{ sign_of('signed_amount - line_profit') }} = {{ sign_of('signed_quantity') }}
            then cast(signed_amount - line_profit as decimal(18, 4))
    end
{%- endmacro %}

{#
    The text of a tax that cannot be read: of an amount where there is no rate, of a rate where
    there is no amount; null where the tax is known.
#}
{% macro unread_tax() -%}
    {%- set amounts = ["tax_amount", "tax_amount_2", "tax_amount_3", "tax_amount_4"] -%}
    case
        when tax_percent is null
            then coalesce(
                {{ first_unread_text(amounts) }},
                case
                    when coalesce({{ amounts | join(", ") }}) is null
                        then {{ unread_text("tax_percent") }}
                end
            )
    end
{%- endmacro %}

{# Quantity times price; null where a line has not both, or the type no room. #}
{% macro priced_amount(line) -%}
    try_cast({{ product(line ~ '.unit_price', 4, line ~ '.quantity') }} as decimal(18, 4))
{%- endmacro %}

{#
    Whether quantity and price, less discount and tax, come to the amount the line has beside them,
    within 1 % and what was rounded; null where a line has not all three.
#}
{% macro is_explained() -%}
    case
        when worked_amount is not null and line_amount is not null
            then abs(cast(abs(line_amount) - abs(worked_amount) as double))
                <= abs(cast(line_amount as double)) * 0.01
                + case when amount_number like '%.%' then 0.01 else 0.5 end
                -- an amount and the tax in it are rounded each
                * case when price_basis = 'gross_amount_less_tax' then 2 else 1 end
    end
{%- endmacro %}

{#
    The quantity of a line that states none: what its amount holds of its price. Where the file has
    a column for it, only a whole number of pieces at the plain price is taken for one; null
    otherwise.
#}
{% macro derived_quantity() -%}
    case
        when has_quantity_column and (
            not may_lack_quantity
            or coalesce(discount_amount, unit_discount, discount_percent, discount_share, 0) != 0
            or coalesce(tax_amount, tax_amount_2, tax_amount_3, tax_amount_4, tax_percent, 0) != 0
            or abs(priced_quantity - round(priced_quantity)) > 0.002
            or round(priced_quantity) = 0
        ) then null
        when has_quantity_column then cast(round(priced_quantity) as decimal(18, 3))
        else priced_quantity
    end
{%- endmacro %}
