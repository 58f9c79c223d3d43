-- A missing cost once counted as zero and the margin became 100 %: all three are known, or none is.
{{ config(meta={"dagster": {"ref": {"name": "profitability"}}}) }}

select
    dataset_id,
    profit_window,
    product_id,
    revenue_with_cost,
    cost,
    gross_profit,
    profit_status

from {{ ref('profitability') }}

where
    case
        when profit_status = 'no_cost'
            then
                revenue_with_cost is not null
                or cost is not null
                or gross_profit is not null
                or profit_margin is not null
        else (gross_profit = revenue_with_cost - cost) is not true
    end
