{{ config(materialized='view') }}

with

namings as (

    select
        dataset_id,
        product_id,
        {{ code_form('product_id') }} as code_form,
        {{ name_letters('product_name_key') }} as letters

    from {{ ref('int_namings') }}

    where product_id is not null and {{ code_fault('product_id') }} is null

),

forms as (

    select
        dataset_id,
        code_form

    from namings

    group by dataset_id, code_form

    having min(product_id) < max(product_id)

),

-- Of the codes that share a name the first stands for all: in the alphabet it is the one with most
-- zeros in front.
met as (

    select
        namings.*,
        min(namings.product_id) over (
            partition by namings.dataset_id, namings.code_form, namings.letters
        ) as first_code

    from namings

    inner join forms
        on namings.dataset_id = forms.dataset_id and namings.code_form = forms.code_form

    where namings.letters is not null

),

by_code as (

    select
        *,
        min(first_code) over (partition by dataset_id, product_id) as second_code

    from met

),

-- Over the names of a second form a third one meets the first.
met_again as (

    select
        *,
        min(second_code) over (partition by dataset_id, code_form, letters) as third_code

    from by_code

)

select
    dataset_id,
    product_id,
    min(third_code) as item_code

from met_again

group by dataset_id, product_id
