-- What each branch sells and has of a product; what it lacks, and what it could give away.
with

items as (

    select * from {{ ref('int_branch_items') }}
    where line_kind = 'product'

),

datasets as (

    select * from {{ ref('int_datasets') }}

),

stock_rows as (

    select * from {{ ref('int_stock_rows') }}

),

lists as (

    select * from {{ ref('int_stock_lists') }}
    where newer_file_id is null

),

demand as (

    select * from {{ ref('int_stock_demand') }}

),

parts as (

    select
        dataset_id,
        branch_id,
        product_id,
        quantity,
        revenue,
        sale_date,
        case when sold_line_count > 0 then sale_date end as sold_date,
        cast(null as decimal(18, 3)) as stock,
        cast(null as date) as list_date

    from items

    union all

    select
        stock_rows.dataset_id,
        stock_rows.store as branch_id,
        stock_rows.product_id,
        0 as quantity,
        0 as revenue,
        null as sale_date,
        null as sold_date,
        stock_rows.quantity as stock,
        lists.list_date

    from stock_rows

    inner join lists
        on
            stock_rows.source_file_id = lists.source_file_id
            and stock_rows.sheet = lists.sheet
            and stock_rows.store = lists.store

    where stock_rows.store != ''

),

dated as (

    select
        parts.*,
        datasets.as_of_date,
        datasets.last_sale_date,
        {{ days_between('parts.sale_date', 'datasets.as_of_date') }} as days_ago

    from parts

    inner join datasets
        on parts.dataset_id = datasets.dataset_id

),

summed as (

    select
        dataset_id,
        branch_id,
        product_id,
        as_of_date,
        last_sale_date as shop_last_sale_date,
        sum(case when days_ago between 0 and 89 then quantity else 0 end) as units_sold_90d,
        sum(case when days_ago between 0 and 89 then revenue else 0 end) as revenue_90d,
        sum(case when days_ago between 0 and 364 then quantity else 0 end) as units_sold_365d,
        sum(case when days_ago between 0 and 364 then revenue else 0 end) as revenue_365d,
        sum(stock) as listed_stock,
        max(case when days_ago >= 0 then sold_date end) as last_sale_date,
        max(max(list_date)) over (partition by dataset_id, branch_id) as list_date,
        count(sum(stock)) over (partition by dataset_id, branch_id) as listed_products

    from dated

    group by dataset_id, branch_id, product_id, as_of_date, last_sale_date

)

select
    summed.dataset_id,
    summed.branch_id,
    summed.product_id,
    summed.units_sold_90d,
    summed.revenue_90d,
    summed.units_sold_365d,
    summed.revenue_365d,
    summed.last_sale_date,
    {{ days_between('summed.last_sale_date', 'summed.as_of_date') }} as idle_days,
    -- what the lists of a branch do not name it does not have
    case
        when summed.listed_products > 0 then coalesce(summed.listed_stock, 0)
    end as current_stock,
    coalesce(
        {{ days_between('summed.list_date', 'summed.shop_last_sale_date') }}
        > {{ var('stale_stock_days') }},
        false
    ) as is_stale,
    demand.expected_units_30d,
    demand.expected_units_90d,
    demand.lead_time_days,
    {{ quotient(
        'greatest(summed.units_sold_365d, 0)',
        'sum(greatest(summed.units_sold_365d, 0)) over ('
        ~ 'partition by summed.dataset_id, summed.product_id)'
    ) }} as demand_share

from summed

left join demand
    on summed.dataset_id = demand.dataset_id and summed.product_id = demand.product_id
