with

namings as (

    select * from {{ ref('int_namings') }}

),

codes as (

    select * from {{ ref('int_codes') }}

),

-- A charge booked under the code of a product is none of its lines.
placed as (

    select
        namings.dataset_id,
        namings.product_id,
        namings.product_name_key,
        namings.line_kind,
        case
            when namings.line_kind = 'charge' and not codes.is_charge then null
            else codes.item_code
        end as item_code

    from namings

    left join codes
        on namings.dataset_id = codes.dataset_id and namings.product_id = codes.product_id

),

-- Of several codes a name belongs to none.
names as (

    select
        placed.dataset_id,
        placed.product_name_key,
        min(placed.item_code) as item_code

    from placed

    where placed.item_code is not null and placed.product_name_key is not null

    group by placed.dataset_id, placed.product_name_key

    having min(placed.item_code) = max(placed.item_code)

),

-- The code and the name in one, as in [M1] Mug and Mug (M1).
written as (

    select
        dataset_id,
        item_code,
        {{ written_letters(code_form('product_id') ~ ' || product_name_key') }} as letters

    from placed

    where item_code is not null and product_name_key is not null

    union all

    select
        dataset_id,
        item_code,
        {{ written_letters('product_name_key || product_id') }} as letters

    from placed

    where item_code is not null and product_name_key is not null

),

written_once as (

    select
        written.dataset_id,
        written.letters,
        min(written.item_code) as item_code

    from written

    group by written.dataset_id, written.letters

    having min(written.item_code) = max(written.item_code)

),

identified as (

    select
        placed.*,
        coalesce(placed.item_code, names.item_code, written_once.item_code) as item_id

    from placed

    left join names
        on
            placed.dataset_id = names.dataset_id
            and placed.product_name_key = names.product_name_key

    left join written_once
        on
            placed.dataset_id = written_once.dataset_id
            and case
                when placed.product_id is null and {{ may_hold_code('placed.product_name_key') }}
                    then {{ written_letters('placed.product_name_key') }}
            end = written_once.letters

)

select
    identified.dataset_id,
    identified.product_id,
    identified.product_name_key,
    coalesce(
        identified.item_id, identified.product_name_key, identified.product_id
    ) as item_id,
    case
        when identified.item_id is null then coalesce(identified.line_kind, 'product')
        when codes.is_charge then 'charge'
        else 'product'
    end as line_kind

from identified

left join codes
    on identified.dataset_id = codes.dataset_id and identified.item_id = codes.product_id
