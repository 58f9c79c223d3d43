with

namings as (

    select
        *,
        {{ code_fault('product_id') }} as form_fault

    from {{ ref('int_namings') }}

    where product_id is not null

),

shared_codes as (

    select * from {{ ref('int_shared_codes') }}

),

forms as (

    select * from {{ ref('int_code_forms') }}

),

-- Dates that stand beside others of the same name tell products apart: no spreadsheet made them.
dated_names as (

    select
        dataset_id,
        product_name_key

    from namings

    where form_fault = 'date' and product_name_key is not null

    group by dataset_id, product_name_key

    having min(product_id) < max(product_id)

),

faults as (

    select
        namings.dataset_id,
        namings.product_id,
        min(
            case
                when namings.form_fault = 'date' and dated_names.dataset_id is not null then null
                when namings.form_fault is not null then namings.form_fault
                when shared_codes.product_id is not null then 'shared'
            end
        ) as fault

    from namings

    left join dated_names
        on
            namings.dataset_id = dated_names.dataset_id
            and namings.product_name_key = dated_names.product_name_key

    left join shared_codes
        on
            namings.dataset_id = shared_codes.dataset_id
            and namings.product_id = shared_codes.product_id

    group by namings.dataset_id, namings.product_id

),

codes as (

    select
        faults.dataset_id,
        faults.product_id,
        faults.fault,
        case
            when faults.fault is null then coalesce(forms.item_code, faults.product_id)
        end as item_code

    from faults

    left join forms
        on faults.dataset_id = forms.dataset_id and faults.product_id = forms.product_id

),

-- A name that is lacking says neither product nor charge.
kinds as (

    select
        codes.dataset_id,
        codes.item_code,
        sum(
            case
                when namings.line_kind = 'charge' then namings.mention_count
                else -namings.mention_count
            end
        ) > 0
        and sum(
            case when namings.line_kind = 'charge' then 1 else -1 end
            * coalesce(abs(namings.revenue), 0)
        ) >= 0 as is_charge

    from namings

    inner join codes
        on namings.dataset_id = codes.dataset_id and namings.product_id = codes.product_id

    where
        codes.item_code is not null
        and coalesce(namings.product_name_key, namings.line_kind) is not null

    group by codes.dataset_id, codes.item_code

)

select
    codes.dataset_id,
    codes.product_id,
    codes.fault,
    codes.item_code,
    coalesce(kinds.is_charge, false) as is_charge

from codes

left join kinds
    on codes.dataset_id = kinds.dataset_id and codes.item_code = kinds.item_code
