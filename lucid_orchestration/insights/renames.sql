-- Products without a code of which one stops as the other, much like it, starts: one row per pair.
with read as (
    select
        products.*,
        list_filter(
            regexp_split_to_array(lower(products.product_name), '[^\p{L}\p{M}\p{N}]+'), lambda word: word <> ''
        ) as words
    from product_master as products
),

named as (
    select
        products.dataset_id, products.product_id, products.product_name, products.category,
        products.list_price, products.first_sale_date, products.last_sale_date,
        datasets.as_of_date, datasets.first_sale_date as shop_first_sale_date,
        -- a word that stands twice is two words: the same one is found once for each
        list_transform(products.words, lambda word, place: concat(
            word, ' ', len(list_filter(products.words[1:place], lambda other: other = word))
        )) as words
    from read as products
    inner join datasets on products.dataset_id = datasets.dataset_id
    where products.first_sale_date is not null
        and products.product_id = trim(regexp_replace(lower(products.product_name), '\s+', ' ', 'g'))
),

rated as (
    select
        named.*,
        coalesce(sold.quantity, 0) as units,
        coalesce(sold.quantity, 0) / (1 + date_diff(
            'day', greatest(named.first_sale_date, named.as_of_date - 364), named.last_sale_date
        )) as daily_units
    from named
    left join profitability as sold
        on named.dataset_id = sold.dataset_id and named.product_id = sold.product_id
        and sold.profit_window = 'last_12_months'
    where named.last_sale_date > named.as_of_date - 364
),

pairs as (
    select
        old.dataset_id, old.product_id as old_id, old.product_name as old_name,
        new.product_id as new_id, new.product_name as new_name,
        old.last_sale_date as last_sold, new.first_sale_date as first_sold,
        len(list_intersect(old.words, new.words)) / greatest(least(len(old.words), len(new.words)), 1)
            as shared
    from rated as old
    inner join rated as new
        on old.dataset_id = new.dataset_id and old.category = new.category
        and old.product_id <> new.product_id
        and abs(date_diff('day', old.last_sale_date, new.first_sale_date)) <= 31
        and new.first_sale_date > old.first_sale_date
    where new.first_sale_date > new.shop_first_sale_date + 60
        and new.last_sale_date > old.last_sale_date
        -- silent for long enough to have stopped
        and date_diff('day', old.last_sale_date, old.as_of_date) * old.daily_units >= 5
        and date_diff('day', old.last_sale_date, old.as_of_date) >= 14
        and new.units >= 5
        and new.daily_units between old.daily_units / 2 and old.daily_units * 2
        and (
            len(list_intersect(old.words, new.words)) >= 0.6 * least(len(old.words), len(new.words))
            or old.list_price = new.list_price
        )
)

select dataset_id, old_id, old_name, new_id, new_name, last_sold, first_sold
from pairs
qualify
    row_number() over (partition by dataset_id, old_id order by shared desc, first_sold, new_id) = 1
    and row_number() over (partition by dataset_id, new_id order by shared desc, last_sold, old_id) = 1
