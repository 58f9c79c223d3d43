-- What the lines of a sales file count for depends a little on the other files: on repeats, on the
-- shop's last day, on its price list. All of that is in the fingerprint, so nothing else is summed
-- again.
with

parts as (

    select * from {{ ref('judged_sales_parts') }}

),

days as (

    select
        source_file_id,
        max(sale_date) as latest_date,
        sum(unpriced_line_count) as unpriced_line_count

    from {{ ref('judged_sales_days') }}

    group by source_file_id

),

limits as (

    select * from {{ ref('judged_sales_last_dates') }}

),

list_prices as (

    select
        dataset_id,
        {{ digest(
            "concat_ws(' ', product_id, product_name_key, cast(sale_price as string))"
        ) }} as prices

    from {{ ref('stg_products') }}

    where sale_price > 0

    group by dataset_id

),

repeats as (

    select
        source_file_id,
        {{ digest(
            "concat_ws(' ', sheet, cast(row_number as string), reason, "
            ~ "cast(occurrence as string))"
        ) }} as repeated_lines

    from {{ ref('judged_sales_repeats') }}

    group by source_file_id

)

select
    parts.dataset_id,
    parts.source_file_id,
    concat_ws(
        ' ', parts.fingerprint,
        'repeats:' || repeats.repeated_lines,
        case
            when days.latest_date > limits.last_plausible_date
                then 'until:' || cast(limits.last_plausible_date as string)
        end,
        case when days.unpriced_line_count > 0 then 'prices:' || list_prices.prices end
    ) as fingerprint

from parts

left join days
    on parts.source_file_id = days.source_file_id

left join limits
    on parts.dataset_id = limits.dataset_id

left join list_prices
    on parts.dataset_id = list_prices.dataset_id

left join repeats
    on parts.source_file_id = repeats.source_file_id
