with

mentions as (

    select * from {{ ref('int_mentions_unioned') }}

),

names as (

    -- distinct: a name stands in many lines
    select distinct
        product_name_key,
        {{ plain_letters('product_name_key') }} as name

    from mentions

    -- no charge is called anything longer
    where length(product_name_key) <= 60

),

pieces as (

    select
        product_name_key,
        name as piece,
        'name' as ends_with

    from names

    union all

    select
        product_name_key,
        {{ matched('name', "'^(.+?)(?:\\s+-\\s|\\s*[:(\\[–—])'") }} as piece,
        'mark' as ends_with

    from names

    union all

    select
        product_name_key,
        {{ matched(
            'name',
            "'^(.+?)\\s(?:to|for|via|nach|naar|para|pour|per|vers|"
            ~ "fur|voor|sur|till|til|do|в|на)\\s'"
        ) }} as piece,
        'place' as ends_with

    from names

    union all

    select
        product_name_key,
        {{ matched(
            'name', "'^(?:\\S+\\s){1,2}(\\p{L}[\\p{L}\\p{M}]+)[\\s\\d.%@]*$'"
        ) }} as piece,
        'end' as ends_with

    from names

),

spelled as (

    select
        product_name_key,
        ends_with,
        {{ words_and_figures('piece') }} as words

    from pieces

    where piece != ''

),

placed as (

    select
        product_name_key,
        ends_with,
        words,
        {{ each_place('words') }} as place

    from spelled

)

select
    product_name_key,
    ends_with,
    place,
    {{ word_at('words', 'place') }} as word,
    {{ word_at('words', 'place - 1') }} as word_before,
    {{ word_at('words', 'place + 1') }} as word_behind

from placed
