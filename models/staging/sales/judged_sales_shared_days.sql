with

days as (

    select * from {{ ref('judged_sales_days') }}

),

settings as (

    select * from {{ ref('stg_dataset_settings') }}

),

-- Where the owner says that overlapping files hold different sales, none is compared.
comparable as (

    select
        days.*,
        coalesce(settings.overlap_choice = 'once', false) as is_once_stated

    from days

    left join settings
        on days.dataset_id = settings.dataset_id

    where
        days.usable_line_count > 0
        and coalesce(settings.overlap_choice, '') != 'count'

),

-- Files of branches name their branches: where no line of both can be of one store, nothing is
-- shared.
shared as (

    select
        days.dataset_id,
        days.source_file_id,
        others.source_file_id as other_file_id,
        days.is_once_stated,
        days.sale_date,
        days.unnumbered_line_count < days.usable_line_count as is_first_with_bills,
        others.unnumbered_line_count < others.usable_line_count as is_other_with_bills,
        days.usable_line_count,
        days.unnumbered_line_count,
        others.usable_line_count as other_usable_line_count,
        others.unnumbered_line_count as other_unnumbered_line_count,
        days.money_digest = others.money_digest as is_same_money,
        coalesce(days.unnumbered_digest, '') = coalesce(others.unnumbered_digest, '')
            as is_same_unnumbered_money

    from comparable as days

    inner join comparable as others
        on
            days.dataset_id = others.dataset_id
            and days.sale_date = others.sale_date
            and days.source_file_id < others.source_file_id

    where
        days.stored_line_count < days.usable_line_count
        or others.stored_line_count < others.usable_line_count
        or (days.first_store <= others.last_store and others.first_store <= days.last_store)

),

scoped as (

    select
        *,
        is_first_with_bills and is_other_with_bills as has_bills

    from shared

)

-- Lines without a bill are compared with each other where both files have bills, else all lines.
select
    dataset_id,
    source_file_id,
    other_file_id,
    is_once_stated,
    sale_date,
    has_bills,
    is_other_with_bills,
    case when has_bills then unnumbered_line_count else usable_line_count end as line_count,
    case when has_bills then other_unnumbered_line_count else other_usable_line_count end
        as other_line_count,
    case when has_bills then is_same_unnumbered_money else is_same_money end as is_same_money

from scoped
