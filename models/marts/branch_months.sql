with

items as (

    select * from {{ ref('int_branch_items') }}

),

branches as (

    select * from {{ ref('int_branches') }}

),

store_days as (

    select * from {{ ref('int_store_days') }}

),

months as (

    select * from {{ ref('int_months') }}

),

sold as (

    select
        dataset_id,
        branch_id,
        {{ month_of('sale_date') }} as month,
        sum(revenue) as revenue,
        sum(quantity) as quantity,
        sum(line_count) as line_count

    from items

    group by dataset_id, branch_id, {{ month_of('sale_date') }}

),

totals as (

    select
        dataset_id,
        {{ month_of('sale_date') }} as month,
        sum(revenue) as revenue,
        sum(quantity) as quantity,
        sum(line_count) as line_count

    from store_days

    group by dataset_id, {{ month_of('sale_date') }}

),

-- What names no branch: with it the branches of a month come to the whole shop.
rest as (

    select
        totals.dataset_id,
        totals.month,
        totals.revenue - coalesce(sum(sold.revenue), 0) as revenue,
        totals.quantity - coalesce(sum(sold.quantity), 0) as quantity,
        totals.line_count - coalesce(sum(sold.line_count), 0) as line_count

    from totals

    left join sold
        on totals.dataset_id = sold.dataset_id and totals.month = sold.month

    group by
        totals.dataset_id, totals.month, totals.revenue, totals.quantity, totals.line_count

),

united as (

    select
        branches.dataset_id,
        branches.branch_id,
        branches.branch_name,
        months.month,
        coalesce(sold.revenue, 0) as revenue,
        coalesce(sold.quantity, 0) as quantity,
        coalesce(sold.line_count, 0) as line_count

    from branches

    inner join months
        on branches.dataset_id = months.dataset_id

    left join sold
        on
            branches.dataset_id = sold.dataset_id
            and branches.branch_id = sold.branch_id
            and months.month = sold.month

    union all

    select
        dataset_id,
        '' as branch_id,
        'No branch named' as branch_name,
        month,
        revenue,
        quantity,
        line_count

    from rest

    where
        line_count != 0
        and dataset_id in (select branches.dataset_id from branches)

)

select
    united.dataset_id,
    united.branch_id,
    united.branch_name,
    united.month,
    months.is_complete,
    {{ money('united.revenue') }} as revenue,
    cast(united.quantity as decimal(18, 3)) as quantity,
    cast(united.line_count as bigint) as line_count,
    {{ ratio('united.revenue', 'totals.revenue') }} as revenue_share,
    {{ money('year_ago.revenue') }} as revenue_year_ago,
    {{ relative_change('united.revenue', 'year_ago.revenue') }} as revenue_year_change

from united

inner join months
    on united.dataset_id = months.dataset_id and united.month = months.month

left join totals
    on united.dataset_id = totals.dataset_id and united.month = totals.month

left join united as year_ago
    on
        united.dataset_id = year_ago.dataset_id
        and united.branch_id = year_ago.branch_id
        and months.is_complete
        and months.year_ago_month = year_ago.month

order by united.dataset_id, united.branch_id, united.month
