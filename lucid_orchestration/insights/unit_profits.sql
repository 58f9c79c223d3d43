-- What a sold unit earns: one row per dataset × product sold within twelve months, or ever.
-- Where at most half of the revenue has a known cost, a part of the price is assumed to be profit.
with sold as (
    select
        dataset_id, product_id, revenue, revenue_with_cost, gross_profit, quantity,
        coalesce(cost_coverage >= 0.5 and revenue_with_cost > 0, false) as is_known,
        row_number() over (
            partition by dataset_id, product_id
            order by case profit_window when 'last_12_months' then 1 when 'all' then 2 else 3 end
        ) as place
    from profitability
    where quantity > 0 and revenue > 0
)

select
    dataset_id, product_id,
    cast(revenue as double) / quantity as unit_price,
    cast(revenue as double) / quantity
    * case
        when is_known then cast(gross_profit as double) / revenue_with_cost
        else $assumed_margin
    end as unit_profit,
    not is_known as is_profit_assumed
from sold
where place = 1
