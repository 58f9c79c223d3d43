-- What the products of a category, and of the shop, sell on a day they can be bought, each at its
-- own price: one row per dataset × category or shop. An outage is no fall of demand, nor is it a
-- rise that one is over. What is new adds to what sells now; what cannot be compared stands aside.
with products as (
    select
        signals.dataset_id, signals.category, signals.method,
        signals.method is null and coalesce(
            products.first_sale_date > datasets.last_complete_month - interval 11 month, false
        ) as is_new,
        cast(signals.recent_rate as double) * signals.recent_revenue
        / nullif(signals.recent_quantity, 0) as recent,
        cast(signals.previous_rate as double) * signals.previous_revenue
        / nullif(signals.previous_quantity, 0) as previous
    from trend_signals as signals
    left join product_master as products
        on signals.dataset_id = products.dataset_id and signals.entity_id = products.product_id
    inner join datasets on signals.dataset_id = datasets.dataset_id
    where signals.entity_type = 'product'
),

sold as (
    select
        dataset_id, category, coalesce(recent, 0) as recent,
        case when is_new then 0 else coalesce(previous, 0) end as previous
    from products
    where method = 'year_on_year' or is_new
),

entities as (
    select dataset_id, 'category' as entity_type, category as entity_id, recent, previous from sold
    union all
    select dataset_id, 'store' as entity_type, dataset_id as entity_id, recent, previous from sold
)

select
    dataset_id, entity_type, entity_id,
    sum(recent order by recent) as recent_rate, sum(previous order by previous) as previous_rate,
    sum(recent order by recent) - sum(previous order by previous) as difference,
    (sum(recent order by recent) - sum(previous order by previous))
    / nullif(sum(previous order by previous), 0) as rate_change
from entities
group by dataset_id, entity_type, entity_id
