-- What the months of a product say of its year: one row per dataset × product. `rate_after` is what
-- the months that are coming sold a day a year ago, null where fewer than two are known, `rate_before`
-- what the three before them did: of two months chance makes a season. `rate_beside` is what the six
-- around the newest three of a year ago did, null where fewer than three are known: those three may
-- have been the exception.
with months as (
    select
        trends.dataset_id, trends.entity_id as product_id, trends.daily_rate,
        date_diff('month', trends.month, datasets.last_complete_month) as age
    from trends
    inner join datasets on trends.dataset_id = datasets.dataset_id
    where trends.entity_type = 'product'
),

sums as (
    select
        dataset_id, product_id,
        sum(case when age between 12 and 14 then daily_rate end) as before_sum,
        count(case when age between 12 and 14 then daily_rate end) as before_count,
        sum(case when age between 9 and 11 then daily_rate end) as after_sum,
        count(case when age between 9 and 11 then daily_rate end) as after_count,
        sum(case when age between 8 and 10 then daily_rate end) as later_sum,
        count(case when age between 8 and 10 then daily_rate end) as later_count,
        sum(case when age between 9 and 11 or age between 15 and 17 then daily_rate end) as beside_sum,
        count(case when age between 9 and 11 or age between 15 and 17 then daily_rate end)
            as beside_count
    from months
    group by dataset_id, product_id
)

select
    dataset_id, product_id,
    case when before_count = 3 then cast(before_sum as double) / 3 end as rate_before,
    -- the month that has begun is one of those that are coming, or no longer
    greatest(
        case when after_count >= 2 then cast(after_sum as double) / after_count end,
        case when later_count >= 2 then cast(later_sum as double) / later_count end
    ) as rate_after,
    case when beside_count >= 3 then cast(beside_sum as double) / beside_count end as rate_beside
from sums
