"""The least SQL that gives the seven answers of one shop whose lines are already typed.

No files, no cleaning, no incremental state, no contract, one process: what DuckDB itself needs. The
definitions are those of the marts (periods, panels, same-day comparisons, the F-test); names of
products are the most frequent ones, costs come from the stock list.
"""

from pathlib import Path

import duckdb

EVENTS = (Path(__file__).parent.parent / "seeds" / "calendar_events.csv").as_posix()
RATIO = "cast(cast({0} as double) / nullif(cast({1} as double), 0) as decimal(18, 6))"
# Shortened from 18 digits: from more it takes DuckDB thirty times as long.
REVENUE = "cast(cast(sum(revenue) as decimal(18, 4)) as decimal(18, 2))"
WITH_COST = "cast(cast(sum(revenue_with_cost) as decimal(18, 4)) as decimal(18, 2))"
COST = "cast(cast(sum(cost) as decimal(18, 7)) as decimal(18, 2))"
PROFIT = f"{WITH_COST} - {COST}"


def ratio(numerator: str, denominator: str) -> str:
    """A rounded quotient."""
    return RATIO.format(numerator, denominator)


def change(now: str, before: str) -> str:
    """A relative change."""
    return ratio(f"({now} - {before})", f"abs({before})")


def compared(measure: str) -> str:
    """The columns of `trends` for one measure."""
    parts = [f"{measure}"]
    for name, past in (("previous", f"{measure}_1"), ("year_ago", f"{measure}_12")):
        parts += [
            f"{past} as {measure}_{name}",
            f"{change(measure, past)} as {measure}_{name}_change",
        ]
    parts.append(
        f"case when {measure}_1 = 0 and {measure} > 0 then 'new' when {measure} = 0 then 'stopped'"
        f" when {measure} - {measure}_1 > 0.05 * abs({measure}_1) then 'up'"
        f" when {measure} - {measure}_1 < -0.05 * abs({measure}_1) then 'down' else 'flat' end"
        f" as {measure}_trend"
    )
    return ", ".join(parts)


AGGREGATES = {
    "names": """
        select product_id, max_by(product_name, (n, last_date, product_name)) as product_name,
            max_by(category, (n, last_date, category)) as category
        from (
            select product_id, product_name, category, count(*) as n, max(sale_date) as last_date
            from lines group by product_id, product_name, category
        ) group by product_id""",
    "days": """
        select product_id, sale_date, cast(date_trunc('month', sale_date) as date) as month,
            cast(sum(quantity) as decimal(18, 3)) as quantity,
            cast(sum(case when quantity > 0 then quantity else 0 end) as decimal(18, 3)) as units_sold,
            cast(sum(net_revenue) as decimal(18, 4)) as revenue, count(*) as line_count,
            cast(sum(unit_cost * quantity) as decimal(28, 7)) as cost,
            cast(sum(case when unit_cost is not null then net_revenue else 0 end) as decimal(18, 4))
                as revenue_with_cost,
            count(unit_cost) as costed_line_count
        from lines left join stock using (product_id) group by product_id, sale_date""",
    "months": f"""
        select product_id, month, cast(sum(quantity) as decimal(18, 3)) as quantity,
            {REVENUE} as revenue,
            {PROFIT} as profit,
            max(case when units_sold > 0 then sale_date end) as last_sale_date
        from days group by product_id, month""",
    "trading": "select month, count(distinct sale_date) as trading_days from days group by month",
    "bills": "select count(distinct transaction_id) as transaction_count from lines",
    "panel": """
        select first.product_id, names.category, trading.month, trading_days,
            coalesce(quantity, 0) as quantity, coalesce(revenue, 0) as revenue,
            coalesce(profit, 0) as profit
        from (select product_id, min(month) as first_month from months group by product_id) as first
        inner join trading on trading.month >= first.first_month
        inner join names on names.product_id = first.product_id
        left join months on months.product_id = first.product_id and months.month = trading.month""",
    "entities": """
        select 'product' as entity_type, product_id as entity_id, month, trading_days, quantity,
            revenue, profit, quantity as measure from panel
        union all
        select 'category', category, month, max(trading_days), sum(quantity), sum(revenue), sum(profit),
            sum(quantity) from panel group by category, month
        union all
        select 'store', 'store', month, max(trading_days), sum(quantity), sum(revenue), sum(profit),
            sum(revenue) from panel group by month""",
    "periods": """
        with windows (days) as (values (30), (90), (365))
        select 'last_' || days || '_days' as period_type, cast(as_of() as varchar) as period,
            false as is_before, cast(as_of() as date) - (days - 1) as first_day,
            cast(as_of() as date) as last_day from windows
        union all
        select 'last_' || days || '_days', cast(as_of() as varchar), true,
            cast(as_of() as date) - (2 * days - 1), cast(as_of() as date) - days from windows""",
}
MARTS = {
    "best_sellers": f"""
        with totals as (
            select period_type, period, is_before, product_id, sum(quantity) as quantity,
                {REVENUE} as revenue,
                {PROFIT} as profit
            from days inner join periods on sale_date between first_day and last_day
            group by period_type, period, is_before, product_id
            union all
            select 'all', 'all', false, product_id, sum(quantity), sum(revenue), sum(profit)
            from months group by product_id
            union all
            select 'month', left(cast(month as varchar), 7), false, product_id, quantity, revenue, profit
            from months
        ),
        ranked as (
            select *, quantity <= 0 or revenue <= 0 as is_last,
                row_number() over (partition by period_type, period, is_before
                    order by is_last, quantity desc, product_id) as by_quantity,
                row_number() over (partition by period_type, period, is_before
                    order by is_last, revenue desc, product_id) as by_revenue,
                row_number() over (partition by period_type, period, is_before
                    order by is_last, profit desc nulls last, product_id) as by_profit,
                {
        ratio(
            "greatest(revenue, 0)",
            "sum(greatest(revenue, 0)) over (partition by period_type, period, is_before)",
        )
    } as revenue_share
            from totals
        ),
        moved as (
            select *, case
                when period_type = 'month'
                    then lag(by_revenue) over (partition by period_type, product_id order by period)
                when period_type != 'all'
                    then lag(by_revenue) over (
                        partition by period_type, product_id order by is_before desc)
            end - by_revenue as rank_change
            from ranked
        )
        select moved.*, product_name, category from moved inner join names using (product_id)
        where not is_before and (period_type != 'month' or least(by_quantity, by_revenue, by_profit) <= 1000)
        order by period_type, period, product_id""",
    "revenue_contribution": f"""
        with windows (name, first_day) as (
            values ('all', date '1900-01-01'), ('last_12_months', cast(as_of() as date) - 365)
        ),
        totals as (
            select name, product_id, {REVENUE} as revenue,
                {PROFIT} as profit
            from days inner join windows on sale_date > first_day group by name, product_id
        ),
        variation as (
            select product_id, stddev(quantity) / nullif(avg(quantity), 0) as variation
            from panel where month > (select max(month) - interval 12 month from panel) group by product_id
        ),
        summed as (
            select *, sum(greatest(revenue, 0)) over (partition by name) as total,
                sum(greatest(revenue, 0)) over (partition by name order by revenue desc, product_id
                    rows unbounded preceding) as so_far,
                sum(greatest(profit, 0)) over (partition by name) as total_profit,
                sum(greatest(profit, 0)) over (partition by name order by profit desc, product_id
                    rows unbounded preceding) as profit_so_far,
                row_number() over (partition by name order by revenue desc, product_id) as rank
            from totals
        )
        select summed.*, {ratio("greatest(revenue, 0)", "total")} as share,
            {ratio("so_far", "total")} as cumulative_share,
            case when revenue < 0 then 'R' when so_far - greatest(revenue, 0) < 0.8 * total then 'A'
                when so_far - greatest(revenue, 0) < 0.95 * total then 'B' else 'C' end as abc_class,
            case when profit_so_far - greatest(profit, 0) < 0.8 * total_profit then 'A' else 'B' end
                as abc_class_profit,
            variation, product_name, category
        from summed inner join names using (product_id) left join variation using (product_id)
        order by name, product_id""",
    "seasonality": """
        with months_back as (
            select *, date_diff('month', month, (select max(month) from panel)) as back from entities
        ),
        gated as (
            select entity_type, entity_id, count(*) // 12 as years,
                count(case when measure > 0 and back < count_all // 12 * 12 then 1 end) as active,
                sum(quantity) as units
            from (select *, count(*) over (partition by entity_type, entity_id) as count_all
                from months_back where back < 60)
            group by entity_type, entity_id
            having years >= 2 and active >= 6 * years and units >= 24
        ),
        series as (
            select entity_type, entity_id, years, 12 * years - back as t, month(month) as moy,
                greatest(measure, 0) / trading_days as rate, ln(1 + rate) as y
            from months_back inner join gated using (entity_type, entity_id) where back < 12 * years
        ),
        means as (
            select entity_type, entity_id, moy, any_value(years) as years, avg(y) as y_mean,
                sum(y * t) - count(*) * avg(y) * avg(t) as yt, sum(y * y) - count(*) * avg(y) * avg(y) as yy,
                sum(t * t) - count(*) * avg(t) * avg(t) as tt, avg(rate) as rate
            from series group by entity_type, entity_id, moy
        ),
        within_months as (
            select entity_type, entity_id, any_value(years) as years, sum(yy) - sum(yt) * sum(yt) / sum(tt) as rss1,
                list(rate / nullif(rate_mean, 0) order by moy) as indices
            from (select *, avg(rate) over (partition by entity_type, entity_id) as rate_mean from means)
            group by entity_type, entity_id
        ),
        whole as (
            select entity_type, entity_id, regr_syy(y, t) - pow(regr_sxy(y, t), 2) / regr_sxx(y, t) as rss0
            from series group by entity_type, entity_id
        ),
        tested as (
            select *, 12 * years - 13 as freedom, rss0 - rss1 as gain, least(rss1 / nullif(rss0, 0), 1) as x,
                freedom / 2.0 as a,
                x / 600 * exp(lgamma(a + 5.5) - lgamma(a) - lgamma(5.5)) * (
                    pow(x, a - 1) * pow(1 - x, 4.5) + list_sum([
                        (4 - i % 2 * 2) * pow(x * (i + 1) / 200, a - 1) * pow(1 - x * (i + 1) / 200, 4.5)
                        for i in range(199)
                    ])
                ) as p
            from within_months inner join whole using (entity_type, entity_id)
        ),
        adjusted as (
            select *, min(p * tests / p_rank) over (partition by entity_type order by p_rank desc
                rows unbounded preceding) as q
            from (select *, count(*) over (partition by entity_type) as tests,
                row_number() over (partition by entity_type order by p, entity_id) as p_rank from tested)
        ),
        calendar_years as (
            select entity_type, entity_id, (t - 1) // 12 as year, max_by(moy, (rate, -t)) as best_month,
                sum(rate) as year_rate,
                max(case when moy = list_position(indices, list_max(indices)) then rate end) as peak_rate
            from series inner join adjusted using (entity_type, entity_id) group by entity_type, entity_id, year
        ),
        peaks as (
            select entity_type, entity_id, max(best_month) - min(best_month) in (0, 1, 11) as is_adjacent,
                count(case when 12 * peak_rate >= 1.05 * year_rate then 1 end) as years_at_peak
            from calendar_years group by entity_type, entity_id
        )
        select entity_type, entity_id, gain / 11 / (rss1 / freedom) as f_statistic, p, q, indices,
            list_max(indices) - list_min(indices) as amplitude,
            case when q <= 0.1 and amplitude >= 0.2 and years >= 3 and is_adjacent and years_at_peak = years
                then 'confirmed' else 'none' end as verdict
        from adjusted inner join peaks using (entity_type, entity_id) order by entity_type, entity_id""",
    "event_lift": f"""
        with category_days as (
            select category, sale_date, sum(quantity) as quantity
            from days inner join names using (product_id) group by category, sale_date
        ),
        entity_days as (
            select 'category' as entity_type, category as entity_id, sale_date, quantity from category_days
            union all
            select 'store', 'store', sale_date, sum(quantity) from category_days group by sale_date
        ),
        occurrences as (
            select entity_type, entity_id, event, event_date
            from (select entity_type, entity_id, min(sale_date) as first_day from entity_days group by all)
            inner join '{EVENTS}' on event_date >= first_day + 77 and event_date <= cast(as_of() as date) + 1
        ),
        weeks as (
            select entity_type, entity_id, event, event_date,
                case when event_date - sale_date <= 21 then -1 else (event_date - sale_date - 22) // 7 end as week,
                greatest(sum(quantity), 0) as units
            from occurrences inner join entity_days using (entity_type, entity_id)
            where event_date - sale_date between 1 and 77 group by all
        ),
        lifts as (
            select entity_type, entity_id, event,
                list_reverse_sort(list(case when week >= 0 then cast(units as double) end)) as usual,
                sum(case when week < 0 then units end) / 3
                    / nullif((coalesce(usual[4], 0) + coalesce(usual[5], 0)) / 2, 0) as lift
            from weeks group by entity_type, entity_id, event, event_date
        )
        select entity_type, entity_id, event, count(lift) as occurrences, median(lift) as lift
        from lifts group by entity_type, entity_id, event having occurrences >= 2
        order by entity_type, entity_id, event""",
    "inventory_velocity": f"""
        with sold as (
            select product_id,
                sum(case when sale_date > cast(as_of() as date) - 90 then quantity else 0 end) as units_90,
                sum(quantity) as units_365, sum(revenue) as revenue, sum(cost) as cost,
                sum(case when sale_date > cast(as_of() as date) - 90
                    then cast(quantity as decimal(28, 3)) * quantity else 0 end) as squares
            from days where sale_date > cast(as_of() as date) - 365 group by product_id
        ),
        rated as (
            select *, greatest(units_90, 0) / 90 as rate,
                greatest((squares - units_90 * units_90 / 90) / 89, 0) as variance,
                cost / nullif(stock * unit_cost, 0) as turnover
            from stock full join sold using (product_id)
        )
        select rated.*, product_name, category, {ratio("stock", "rate")} as days_of_cover,
            {ratio("365", "turnover")} as days_in_stock,
            cast(rate * 7 + 1.28 * sqrt(7 * variance) as decimal(18, 3)) as reorder_point,
            case when stock = 0 then 'out' when stock < 7 * rate then 'critical'
                when stock <= rate * 7 + 1.28 * sqrt(7 * variance) then 'soon' else 'none' end as risk
        from rated left join names using (product_id) order by product_id""",
    "dead_stock": """
        select stock.*, product_name, category, last_sale_date, stock * unit_cost as value,
            date_diff('day', last_sale_date, cast(as_of() as date)) as idle_days,
            case when idle_days >= 90 then 'dead' when idle_days is null then 'never_sold' else 'active' end
                as state
        from stock left join (
            select product_id, max(last_sale_date) as last_sale_date from months group by product_id
        ) as last using (product_id) left join names using (product_id)
        where stock > 0 order by product_id""",
    "profitability": f"""
        with windows (name, first_day) as (
            values ('all', date '1900-01-01'), ('last_12_months', cast(as_of() as date) - 365),
            ('last_90_days', cast(as_of() as date) - 90)
        ),
        totals as (
            select name, product_id, sum(quantity) as quantity,
                {REVENUE} as revenue,
                {WITH_COST} as revenue_with_cost,
                {COST} as cost,
                {PROFIT} as profit,
                sum(line_count) as line_count, sum(costed_line_count) as costed_line_count
            from days inner join windows on sale_date > first_day group by name, product_id
        )
        select totals.*, product_name, category, {ratio("profit", "revenue_with_cost")} as margin,
            {ratio("revenue_with_cost", "revenue")} as coverage,
            row_number() over (partition by name order by profit desc, product_id) as profit_rank,
            row_number() over (partition by name order by margin desc, product_id) as margin_rank
        from totals inner join names using (product_id) order by name, product_id""",
    "trends": f"""
        with lagged as (
            select *, {
        ", ".join(
            f"coalesce(lag({m}, {k}) over past, 0) as {m}_{k}"
            for m in ("revenue", "quantity", "profit")
            for k in (1, 12)
        )
    }
            from entities window past as (partition by entity_type, entity_id order by month)
        )
        select entity_type, entity_id, product_name, category, month,
            {", ".join(compared(m) for m in ("revenue", "quantity", "profit"))}
        from lagged left join names on entity_type = 'product' and entity_id = product_id
        where entity_type != 'product' or month > (select max(month) - interval 24 month from panel)
        order by entity_type, entity_id, month""",
    "trend_signals": """
        with parts as (
            select *, date_diff('month', month, (select max(month) from panel)) as age from entities
        ),
        sums as (
            select entity_type, entity_id, count(*) as months, median(cast(measure as double)) as usual,
                sum(case when age < 3 then measure else 0 end) as recent,
                sum(case when age between 12 and 14 then measure else 0 end) as previous,
                sum(case when age < 3 then revenue else 0 end) as recent_revenue,
                sum(case when age between 12 and 14 then revenue else 0 end) as previous_revenue,
                sum(case when age < 3 then profit else 0 end) as recent_profit,
                sum(case when age between 12 and 14 then profit else 0 end) as previous_profit,
                stddev(case when age < 24 then cast(measure as double) end) as deviation
            from parts group by entity_type, entity_id
        )
        select *, case when months < 15 then 'insufficient_history'
            when abs(recent - previous) < 0.2 * abs(previous) then 'stable'
            when abs(recent - previous) <= 1.64 * deviation * sqrt(6) then 'stable'
            when recent > previous then 'rising' else 'declining' end as signal
        from sums order by entity_type, entity_id""",
    "datasets": """
        select bills.transaction_count, totals.*, stock_value from bills
        cross join (
            select count(distinct product_id) as product_count, min(sale_date) as first_sale_date,
                sum(revenue) as revenue, sum(revenue_with_cost) - sum(cost) as gross_profit,
                sum(line_count) as sales_line_count
            from days
        ) as totals
        cross join (select sum(stock * unit_cost) as stock_value from stock where stock > 0) as value""",
    "revenue_change": """
        with moves as (
            select product_id, category, month, quantity as q1, revenue as r1,
                coalesce(lag(quantity) over past, 0) as q0, coalesce(lag(revenue) over past, 0) as r0
            from panel window past as (partition by product_id order by month)
        )
        select moves.*, product_name, r1 - r0 as difference,
            cast(case when q0 > 0 and q1 > 0 then (r1 / q1 - r0 / q0) * (q0 + q1) / 2 else 0 end
                as decimal(18, 2)) as price_effect,
            case when q0 > 0 and q1 > 0 then difference - price_effect else 0 end as quantity_effect,
            case when r0 = 0 then r1 else 0 end as new_effect,
            case when r1 = 0 then -r0 else 0 end as lost_effect
        from moves inner join names using (product_id) where r0 != 0 or r1 != 0
        order by month, product_id""",
}


def run(lines: str, stock: str, out: Path, threads: int = 2) -> None:
    """Write the seven answers and their companions from Parquet files of typed lines and stock."""
    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as database:
        database.execute(f"set threads = {threads}; set temp_directory = '{out / 'spill'}'")
        database.execute(f"create view lines as select * from read_parquet('{lines}')")
        database.execute(f"create table stock as select * from read_parquet('{stock}')")
        database.execute("set variable as_of = (select max(sale_date) from lines)")
        database.execute("create macro as_of() as getvariable('as_of')")
        for name, query in AGGREGATES.items():
            database.execute(f"create temp table {name} as {query}")
        for name, query in MARTS.items():
            path = (out / f"{name}.parquet").as_posix()
            database.execute(f"copy ({query}) to '{path}' (format parquet, compression zstd)")
