{#
    A name as it is compared: full-width letters and digits as plain ones, every kind of space as one space,
    invisible characters dropped, lower case; null when nothing is left.
#}
{% macro text_key(text) -%}
    {{ return(adapter.dispatch("text_key", "lucid")(text)) }}
{%- endmacro %}

{% macro default__text_key(text) -%}
    nullif(trim(regexp_replace(
        lower(nfc_normalize(translate(
            {{ text }},
            '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ（）－．，／＆＋％' || chr(160) || chr(8239) || chr(8199)
            || chr(12288) || chr(8203) || chr(8204) || chr(8205) || chr(65279) || chr(173),
            '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz()-.,/&+%    '
        ))),
        '\s+', ' ', 'g'
    )), '')
{%- endmacro %}

{# Text without surrounding spaces of any kind; null when nothing is left. #}
{% macro clean_text(text) -%}
    {{ return(adapter.dispatch("clean_text", "lucid")(text)) }}
{%- endmacro %}

{% macro default__clean_text(text) -%}
    nullif(trim({{ text }}, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(65279)), '')
{%- endmacro %}
