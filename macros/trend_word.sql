{#
    The change as a word, decided on the exact values; a change of exactly the band is flat.
    Null when either value is null, or when there was nothing before and there is nothing now.
#}
{% macro trend_word(now, before) -%}
    {%- set band = var("trend_band") ~ " * abs(" ~ before ~ ")" -%}
    case
        when {{ before }} = 0 and {{ now }} > 0 then 'new'
        when {{ before }} > 0 and {{ now }} = 0 then 'stopped'
        when {{ before }} != 0 and {{ now }} - {{ before }} > {{ band }} then 'up'
        when {{ before }} != 0 and {{ now }} - {{ before }} < -{{ band }} then 'down'
        when {{ before }} != 0 and {{ now }} is not null then 'flat'
    end
{%- endmacro %}
