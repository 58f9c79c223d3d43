-- A box is no piece. In lists, units nobody knows are taken for the one the product is sold in.
with

mentions as (

    select * from {{ ref('int_mentions_unioned') }}

    where unit is not null

),

identities as (

    select * from {{ ref('int_product_identities') }}

),

words as (

    select * from {{ ref('unit_words') }}

),

-- "Box of 12", "Case (24 pcs)", "Pkt x 10"
{% set pack = "'^\\p{L}+[ .]*(?:of|x|[(/*-])? *([1-9][0-9]{0,3}) *"
    ~ "(?:pcs?|nos?|pieces?|units?|st[ckü]*)?[.)]*$'" %}
{% set word = small_letters("trim(both ' .' from mentions.unit)") %}

used as (

    select
        mentions.dataset_id,
        identities.item_id as product_id,
        mentions.unit,
        {{ word }} as word,
        {{ matched(word, pack) }} as content,
        sum(case when mentions.revenue is not null then mentions.mention_count end) as line_count,
        {{ ratio('sum(mentions.revenue)', 'sum(mentions.quantity)', 4) }} as price

    from mentions

    inner join identities
        on {{ same_naming('mentions', 'identities') }}

    group by mentions.dataset_id, identities.item_id, mentions.unit

),

{% set measure %}
case when used.content != '' then 'piece' else coalesce(words.measure, used.word) end
{%- endset %}

measured as (

    select
        used.dataset_id,
        used.product_id,
        used.unit,
        used.line_count,
        used.price,
        used.content != '' or words.word is not null as is_known,
        {{ measure }} as measure,
        sum(used.line_count) over (
            partition by used.dataset_id, used.product_id, {{ measure }}
        ) as measure_lines,
        case
            when used.content != '' then cast(used.content as decimal(18, 6))
            else coalesce(words.size, 1)
        end as size

    from used

    left join words
        on used.word = words.word

    where used.content != '' or words.word is not null or used.line_count > 0

),

-- A twelfth of a dozen is no number of three places: what is sold by the piece is counted so.
sold as (

    select
        *,
        row_number() over (
            partition by dataset_id, product_id
            order by
                measure_lines desc nulls last,
                measure asc nulls last,
                case when measure = 'piece' then size end asc nulls last,
                line_count desc nulls last,
                unit asc nulls last
        ) as choice

    from measured

    where line_count > 0

),

-- Two words at one price are one unit, said twice.
rated as (

    select
        measured.dataset_id,
        measured.product_id,
        measured.unit,
        measured.line_count,
        measured.is_known and sold.is_known as are_known,
        sold.unit as sold_unit,
        case
            when measured.measure = sold.measure
                then {{ ratio('measured.size', 'sold.size', 6) }}
            when
                measured.line_count > 0
                and measured.price > 0
                and sold.price > 0
                and greatest(measured.price, sold.price)
                < {{ var('same_unit_price_ratio') }} * least(measured.price, sold.price)
                then 1
        end as rate

    from measured

    inner join sold
        on
            measured.dataset_id = sold.dataset_id
            and measured.product_id = sold.product_id
            and sold.choice = 1

)

select
    dataset_id,
    product_id,
    unit,
    sold_unit,
    cast(rate as decimal(18, 6)) as rate,
    coalesce(line_count, 0) > 0 as is_sold,
    coalesce(
        sum(case when rate is null then line_count end) over whole
        > {{ var('doubt_share') }} * sum(line_count) over whole,
        false
    ) as is_mixed

from rated

where are_known or line_count > 0

window whole as (partition by dataset_id, product_id)
