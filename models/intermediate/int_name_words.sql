with

mentions as (

    select * from {{ ref('int_mentions_unioned') }}

),

-- distinct: a name stands in many lines
names as (

    select distinct
        product_name_key,
        {{ plain_letters('product_name_key') }} as name

    from mentions

    where product_name_key is not null

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
        regexp_extract(name, '^(.+?)(?:\s+-\s|\s*[:(\[–—])', 1) as piece,
        'mark' as ends_with

    from names

    union all

    select
        product_name_key,
        regexp_extract(
            name, '^(.+?)\s(?:to|for|via|nach|naar|para|pour|per|vers|till|til|do|в|на)\s', 1
        ) as piece,
        'place' as ends_with

    from names

    union all

    select
        product_name_key,
        regexp_extract(name, '^(?:\S+\s){1,2}(\p{L}[\p{L}\p{M}]+)[\s\d.%@]*$', 1) as piece,
        'end' as ends_with

    from names

),

spelled as (

    select
        product_name_key,
        ends_with,
        regexp_extract_all(piece, '[\p{L}\p{M}]+|\p{N}+') as words

    from pieces

    where piece != ''

)

select
    product_name_key,
    ends_with,
    generate_subscripts(words, 1) as place,
    unnest(words) as word,
    unnest(list_prepend(null, words[:-2])) as word_before,
    unnest(list_append(words[2:], null)) as word_behind

from spelled

where len(words) > 0
