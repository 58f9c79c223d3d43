{{ config(materialized='view') }}

with

-- What says whether a code is one product: its names that were sold, but those of charges.
sold as (

    select
        *,
        count(*) over (partition by dataset_id, product_id) as naming_count,
        row_number() over (
            partition by dataset_id, product_id
            order by line_count desc nulls last, product_name_key asc nulls last
        ) as choice

    from {{ ref('int_namings') }}

    where
        product_id is not null
        and product_name_key is not null
        and revenue != 0
        and coalesce(line_kind, 'product') = 'product'

),

mains as (

    select * from sold

    where choice = 1 and naming_count > 1

),

-- Every name of a code beside the one of most lines.
compared as (

    select
        sold.*,
        {{ names_differ('sold.product_name_key', 'mains.product_name_key') }} as is_other

    from sold

    inner join mains
        on sold.dataset_id = mains.dataset_id and sold.product_id = mains.product_id

),

-- The name of most lines among those that cannot be another spelling of it.
seconds as (

    select
        *,
        row_number() over (
            partition by dataset_id, product_id order by choice asc nulls last
        ) as other_choice

    from compared

    where is_other

),

grouped as (

    select
        compared.dataset_id,
        compared.product_id,
        compared.is_other,
        sum(compared.line_count) as line_count,
        {{ ratio('sum(compared.revenue)', 'sum(compared.quantity)', 4) }} as price,
        min(compared.first_sale_date) as first_date,
        max(compared.last_sale_date) as last_date,
        max(
            case
                when
                    compared.is_other
                    and {{ names_differ('compared.product_name_key', 'seconds.product_name_key') }}
                    then 1
                else 0
            end
        ) = 1 as has_third_name

    from compared

    inner join seconds
        on
            compared.dataset_id = seconds.dataset_id
            and compared.product_id = seconds.product_id
            and seconds.other_choice = 1

    group by compared.dataset_id, compared.product_id, compared.is_other

)

-- Two names are a rename when one follows the other, and a translation at one price.
select
    mains.dataset_id,
    mains.product_id

from grouped as mains

inner join grouped as others
    on
        mains.dataset_id = others.dataset_id
        and mains.product_id = others.product_id
        and others.is_other

where
    not mains.is_other
    and others.line_count
    >= {{ var('shared_code_min_share') }} * (mains.line_count + others.line_count)
    and (
        others.has_third_name
        or (
            least(mains.line_count, others.line_count) >= {{ var('shared_code_min_lines') }}
            and mains.first_date <= others.last_date
            and others.first_date <= mains.last_date
            and greatest(mains.price, others.price)
            >= {{ var('shared_code_price_ratio') }} * least(mains.price, others.price)
        )
    )
