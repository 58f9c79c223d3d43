{{ config(materialized='view') }}

with

mentions as (

    select * from {{ ref('int_mentions_unioned') }}

),

codes as (

    select * from {{ ref('int_codes') }}

    where fault is not null

),

by_code as (

    select
        mentions.source_file_id,
        codes.fault,
        codes.product_id,
        sum(mentions.mention_count) as row_count,
        sum(mentions.revenue) as amount,
        row_number() over (
            partition by mentions.source_file_id, codes.fault
            order by sum(mentions.mention_count) desc nulls last, codes.product_id asc nulls last
        ) as choice

    from mentions

    inner join codes
        on mentions.dataset_id = codes.dataset_id and mentions.product_id = codes.product_id

    group by mentions.source_file_id, codes.fault, codes.product_id

),

by_file as (

    select
        source_file_id,
        fault,
        max(case when choice = 1 then product_id end) as first_code,
        count(*) as code_count,
        cast(sum(row_count) as bigint) as row_count,
        cast(sum(amount) as decimal(18, 4)) as amount

    from by_code

    group by source_file_id, fault

)

select
    source_file_id,
    'warning' as severity,
    'code_' || fault as code,
    cast(row_count as string) || ' line(s)'
    || coalesce(' worth ' || cast(cast(amount as decimal(18, 2)) as string), '') || ' carry '
    || case
        when code_count = 1 then 'the code "' || first_code || '", '
        else
            cast(code_count as string) || ' codes such as "' || first_code || '", '
    end
    || case fault
        when 'placeholder'
            then 'which stands for none. Give the products codes, or leave the cells empty.'
        when 'scientific'
            then
                'a long number that a spreadsheet cut short. Format the column as text (or as a '
                || 'number without decimals) where the file comes from, and save it anew.'
        when 'date'
            then
                'a date that a spreadsheet made of a code. Format the column as text before '
                || 'the codes are put in, and save it anew.'
        else
            'under which clearly different products were sold. Give each a code of its own.'
    end
    || ' Until then these lines are told apart by their names alone.' as message,
    amount

from by_file
