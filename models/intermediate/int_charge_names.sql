-- "Postage" is a charge and "Postage Stamp Album" is none: each word of a name has to be one of a
-- charge, or those before a mark, or the last of a few. Names are judged, not lines: there are few
-- of them.
with

tokens as (

    select * from {{ ref('int_name_words') }}

),

known_words as (

    select
        {{ plain_letters('word') }} as word,
        {{ like_pattern(plain_letters('word')) }} as pattern,
        role,
        kind

    from {{ ref('charge_words') }}

),

words as (

    -- distinct: most words stand in several names
    select distinct word

    from tokens

),

word_roles as (

    select
        words.word,
        case
            when {{ is_figure('words.word') }} then 'beside'
            else coalesce(known_words.role, patterns.role)
        end as role,
        coalesce(known_words.kind, patterns.kind) as kind

    from words

    left join known_words
        on words.word = known_words.word

    left join known_words as patterns
        on contains(patterns.word, '%') and words.word like patterns.pattern escape '^'

),

judged as (

    select
        tokens.product_name_key,
        tokens.ends_with,
        coalesce(ahead.role, behind.role, word_roles.role) as role,
        coalesce(ahead.kind, behind.kind, word_roles.kind) as kind

    from tokens

    left join word_roles
        on tokens.word = word_roles.word

    left join known_words as ahead
        on tokens.word || ' ' || tokens.word_behind = ahead.word

    left join known_words as behind
        on tokens.word_before || ' ' || tokens.word = behind.word

),

charges as (

    select
        product_name_key,
        not bool_or(role = 'opens' or kind = 'deposit') or ends_with = 'end' as may_be_goods

    from judged

    group by product_name_key, ends_with

    having
        bool_and(role is not null)
        and not bool_or(role = 'goods')
        and (not bool_or(role = 'vessel') or bool_or(kind = 'deposit'))
        and bool_or(role = 'opens' or (role = 'whole' and ends_with = 'name'))
        and case ends_with
            when 'place' then bool_or(kind in ('carriage', 'discount', 'prepaid', 'deposit'))
            when 'end' then bool_or(kind in ('tax', 'discount'))
            else true
        end

)

select
    product_name_key,
    bool_and(may_be_goods) as may_be_goods

from charges

group by product_name_key
