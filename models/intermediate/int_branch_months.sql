-- Every month of the shop for each of its branches, and what names none.
with

sold as (

    select * from {{ ref('int_branch_sales') }}

),

branches as (

    select * from {{ ref('int_branches') }}

),

months as (

    select * from {{ ref('int_months') }}

),

totals as (

    select * from {{ ref('int_entity_months') }}

    where entity_type = 'store' and dataset_id in (select branches.dataset_id from branches)

),

named as (

    select
        dataset_id,
        {{ sales_sums() }},
        month

    from sold

    group by dataset_id, month

),

united as (

    select
        branches.dataset_id,
        branches.branch_id,
        branches.branch_name,
        {{ sales_or_zero('sold') }},
        months.month

    from branches

    inner join months
        on branches.dataset_id = months.dataset_id

    left join sold
        on
            branches.dataset_id = sold.dataset_id
            and branches.branch_id = sold.branch_id
            and months.month = sold.month

    union all

    -- with it the branches of a month come to the whole shop
    select
        totals.dataset_id,
        '' as branch_id,
        'No branch named' as branch_name,
        totals.quantity - coalesce(named.quantity, 0) as quantity,
        totals.revenue - coalesce(named.revenue, 0) as revenue,
        totals.revenue_with_cost - coalesce(named.revenue_with_cost, 0) as revenue_with_cost,
        totals.cost - coalesce(named.cost, 0) as cost,
        totals.line_count - coalesce(named.line_count, 0) as line_count,
        greatest(totals.costed_line_count - coalesce(named.costed_line_count, 0), 0)
            as costed_line_count,
        totals.month

    from totals

    left join named
        on totals.dataset_id = named.dataset_id and totals.month = named.month

    where totals.line_count != coalesce(named.line_count, 0)

)

select
    united.*,
    {{ ratio('united.revenue', 'totals.revenue') }} as revenue_share,
    months.trading_days,
    months.is_complete,
    coalesce(
        united.branch_id != ''
        and united.month >= min(case when united.line_count > 0 then united.month end) over (
            partition by united.dataset_id, united.branch_id
        ), false
    ) as is_begun,
    months.previous_month,
    months.year_ago_month

from united

inner join months
    on united.dataset_id = months.dataset_id and united.month = months.month

left join totals
    on united.dataset_id = totals.dataset_id and united.month = totals.month
