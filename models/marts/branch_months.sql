with

branch_months as (

    select * from {{ ref('int_branch_months') }}

),

seasons as (

    select
        verdicts.dataset_id,
        verdicts.entity_id as branch_id,
        indices.month_of_year,
        indices.month_index

    from {{ ref('int_season_verdicts') }} as verdicts

    inner join {{ ref('int_season_indices') }} as indices
        on
            verdicts.dataset_id = indices.dataset_id
            and verdicts.entity_type = indices.entity_type
            and verdicts.entity_id = indices.entity_id

    where verdicts.entity_type = 'branch' and verdicts.verdict in ('confirmed', 'indicative')

),

compared as (

    select
        branch_months.*,
        {{ profit(
            'branch_months.revenue_with_cost', 'branch_months.cost',
            'branch_months.costed_line_count', 'branch_months.line_count'
        ) }} as gross_profit,
        previous.revenue as revenue_previous,
        year_ago.revenue as revenue_year_ago

    from branch_months

    left join branch_months as previous
        on
            branch_months.dataset_id = previous.dataset_id
            and branch_months.branch_id = previous.branch_id
            and branch_months.is_complete
            and branch_months.previous_month = previous.month

    left join branch_months as year_ago
        on
            branch_months.dataset_id = year_ago.dataset_id
            and branch_months.branch_id = year_ago.branch_id
            and branch_months.is_complete
            and branch_months.year_ago_month = year_ago.month

)

select
    compared.dataset_id,
    compared.branch_id,
    compared.branch_name,
    compared.month,
    compared.is_complete,
    {{ money('compared.revenue') }} as revenue,
    cast(compared.quantity as decimal(18, 3)) as quantity,
    cast(compared.line_count as bigint) as line_count,
    compared.revenue_share,
    {{ money('compared.revenue_previous') }} as revenue_previous,
    {{ relative_change('compared.revenue', 'compared.revenue_previous') }} as revenue_change,
    {{ trend_word('compared.revenue', 'compared.revenue_previous') }} as revenue_trend,
    {{ money('compared.revenue_year_ago') }} as revenue_year_ago,
    {{ relative_change('compared.revenue', 'compared.revenue_year_ago') }} as revenue_year_change,
    compared.gross_profit,
    case
        when compared.revenue_with_cost > 0
            then {{ ratio('compared.gross_profit', 'compared.revenue_with_cost') }}
    end as profit_margin,
    case
        when compared.revenue > 0
            then {{ ratio('compared.revenue_with_cost', 'compared.revenue') }}
    end as cost_coverage,
    seasons.month_index as season_index

from compared

left join seasons
    on
        compared.dataset_id = seasons.dataset_id
        and compared.branch_id = seasons.branch_id
        and month(compared.month) = seasons.month_of_year

order by compared.dataset_id, compared.branch_id, compared.month
