"""The work of limit.py in polars and in pandas, event_lift left out; same marts, same lines."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from scipy import stats

MEASURES = ("revenue", "quantity", "profit")


def run_polars(lines_file: str, stock_file: str, out: Path) -> None:
    """All marts with polars, each written as Parquet."""
    out.mkdir(parents=True, exist_ok=True)
    lines = pl.scan_parquet(lines_file)
    stock = pl.read_parquet(stock_file).with_columns(pl.col("stock", "unit_cost").cast(float))
    names = (
        lines.group_by("product_id", "product_name", "category")
        .agg(pl.len().alias("n"), pl.col("sale_date").max().alias("last"))
        .sort("n", "last")
        .group_by("product_id")
        .agg(pl.col("product_name", "category").last())
        .collect()
    )
    days = (
        lines.group_by("product_id", "sale_date")
        .agg(
            pl.col("quantity").sum().cast(float),
            pl.col("quantity").filter(pl.col("quantity") > 0).sum().cast(float).alias("sold"),
            pl.col("net_revenue").sum().cast(float).alias("revenue"),
            pl.len().alias("n"),
        )
        .collect()
        .join(stock, on="product_id", how="left")
        .with_columns(
            pl.col("sale_date").dt.truncate("1mo").alias("month"),
            (pl.col("unit_cost") * pl.col("quantity")).alias("cost"),
            pl.when(pl.col("unit_cost").is_not_null()).then("revenue").alias("with_cost"),
        )
        .with_columns((pl.col("with_cost") - pl.col("cost")).alias("profit"))
    )
    lines.select(pl.col("transaction_id").n_unique()).collect()
    as_of = days["sale_date"].max()
    sums = [pl.col(name).sum() for name in (*MEASURES, "with_cost", "cost", "n")]
    months = days.group_by("product_id", "month").agg(
        *sums, pl.col("sale_date").filter(pl.col("sold") > 0).max().alias("last_sale")
    )
    calendar = (
        days.group_by("month").agg(pl.col("sale_date").n_unique().alias("trading")).sort("month")
    )
    panel = (
        months.group_by("product_id")
        .agg(pl.col("month").min().alias("first"))
        .join(calendar, how="cross")
        .filter(pl.col("month") >= pl.col("first"))
        .join(months, on=["product_id", "month"], how="left")
        .with_columns(pl.col(MEASURES).fill_null(0))
        .join(names, on="product_id")
    )
    keep = ["kind", "entity", "month", "trading", *MEASURES]
    totals = [pl.col(MEASURES).sum(), pl.col("trading").max()]
    entities = pl.concat(
        [
            panel.with_columns(
                pl.lit("product").alias("kind"), pl.col("product_id").alias("entity")
            ),
            panel.group_by("category", "month")
            .agg(totals)
            .with_columns(pl.lit("category").alias("kind"), pl.col("category").alias("entity")),
            panel.group_by("month")
            .agg(totals)
            .with_columns(pl.lit("store").alias("kind"), pl.lit("store").alias("entity")),
        ],
        how="diagonal",
    ).select(keep)

    periods = [months.with_columns(pl.col("month").cast(str).alias("period"))]
    for length in (30, 90, 365):
        for back in (0, length):
            inside = days.filter(
                (pl.col("sale_date") <= as_of - pd.Timedelta(days=back).to_pytimedelta())
                & (pl.col("sale_date") > as_of - pd.Timedelta(days=back + length).to_pytimedelta())
            )
            periods.append(
                inside.group_by("product_id")
                .agg(sums)
                .with_columns(pl.lit(f"{length}-{back}").alias("period"))
            )
    periods.append(
        months.group_by("product_id").agg(sums).with_columns(pl.lit("all").alias("period"))
    )
    ranked = (
        pl.concat(periods, how="diagonal")
        .with_columns(((pl.col("quantity") <= 0) | (pl.col("revenue") <= 0)).alias("last"))
        .sort("product_id")
        .with_columns(
            pl.struct("last", -pl.col(name)).rank("ordinal").over("period").alias(f"by_{name}")
            for name in MEASURES
        )
        .with_columns(
            (pl.col("revenue") / pl.col("revenue").sum().over("period")).alias("share"),
            pl.col("by_revenue").shift(1).over("product_id", order_by="period").alias("before"),
        )
        .filter(pl.min_horizontal("by_revenue", "by_quantity", "by_profit") <= 1000)
        .join(names, on="product_id")
        .sort("period", "product_id")
    )
    ranked.write_parquet(out / "best_sellers.parquet", compression="zstd")

    windows = []
    for name, length in (("all", 100_000), ("last_12_months", 365), ("last_90_days", 90)):
        first = as_of - pd.Timedelta(days=min(length, 40_000)).to_pytimedelta()
        windows.append(
            days.filter(pl.col("sale_date") > first)
            .group_by("product_id")
            .agg(sums)
            .with_columns(pl.lit(name).alias("window"))
        )
    window_totals = pl.concat(windows).join(names, on="product_id")
    window_totals.with_columns(
        (pl.col("profit") / pl.col("with_cost")).alias("margin"),
        pl.col("profit").rank("ordinal", descending=True).over("window").alias("profit_rank"),
    ).with_columns(
        pl.col("margin").rank("ordinal", descending=True).over("window").alias("margin_rank")
    ).sort("window", "product_id").write_parquet(out / "profitability.parquet", compression="zstd")
    window_totals.filter(pl.col("window") != "last_90_days").sort(
        "revenue", descending=True
    ).with_columns(
        (pl.col("revenue").cum_sum() / pl.col("revenue").sum()).over("window").alias("cumulative")
    ).sort("window", "product_id").write_parquet(
        out / "revenue_contribution.parquet", compression="zstd"
    )

    ordered = entities.sort("kind", "entity", "month")
    compared = ordered.with_columns(
        pl.col(name).shift(back).over("kind", "entity").fill_null(0).alias(f"{name}_{back}")
        for name in MEASURES
        for back in (1, 12)
    ).with_columns(
        ((pl.col(name) - pl.col(f"{name}_{back}")) / pl.col(f"{name}_{back}").abs()).alias(
            f"{name}_change_{back}"
        )
        for name in MEASURES
        for back in (1, 12)
    )
    compared.write_parquet(out / "trends.parquet", compression="zstd")
    moves = compared.filter(pl.col("kind") == "product").with_columns(
        (
            (pl.col("revenue") / pl.col("quantity") - pl.col("revenue_1") / pl.col("quantity_1"))
            * (pl.col("quantity") + pl.col("quantity_1"))
            / 2
        ).alias("price_effect")
    )
    moves.sort("month", "entity").write_parquet(out / "revenue_change.parquet", compression="zstd")
    ordered.group_by("kind", "entity").agg(
        pl.col("quantity").tail(3).sum().alias("recent"),
        pl.col("quantity").slice(-15, 3).sum().alias("previous"),
        pl.col("quantity").tail(24).std().alias("deviation"),
    ).sort("kind", "entity").write_parquet(out / "trend_signals.parquet", compression="zstd")
    seasons(ordered.to_pandas()).to_parquet(out / "seasonality.parquet", compression="zstd")

    year = days.filter(pl.col("sale_date") > as_of - pd.Timedelta(days=365).to_pytimedelta())
    quarter = year.filter(pl.col("sale_date") > as_of - pd.Timedelta(days=90).to_pytimedelta())
    velocity = (
        stock.join(year.group_by("product_id").agg(sums), on="product_id", how="left")
        .join(
            quarter.group_by("product_id").agg(
                pl.col("quantity").sum().alias("q90"), (pl.col("quantity") ** 2).sum().alias("sq")
            ),
            on="product_id",
            how="left",
        )
        .join(
            months.group_by("product_id").agg(pl.col("last_sale").max()),
            on="product_id",
            how="left",
        )
        .with_columns((pl.col("stock") / (pl.col("q90") / 90)).alias("cover"))
        .sort("product_id")
    )
    velocity.write_parquet(out / "inventory_velocity.parquet", compression="zstd")
    velocity.filter(pl.col("stock") > 0).write_parquet(
        out / "dead_stock.parquet", compression="zstd"
    )


def seasons(entities: pd.DataFrame) -> pd.DataFrame:
    """The F-test of month dummies over a trend, for entities with 24 months or more."""
    found = []
    for years in (5, 4, 3, 2):
        length = 12 * years
        sizes = entities.groupby(["kind", "entity"]).cumcount(ascending=False)
        count = entities.groupby(["kind", "entity"])["month"].transform("size")
        chosen = entities[(np.minimum(count // 12, 5) == years) & (sizes < length)]
        if chosen.empty:
            continue
        rates = (chosen["quantity"].clip(lower=0) / chosen["trading"]).to_numpy()
        y = np.log1p(rates).reshape(-1, length)
        time = np.arange(length) - (length - 1) / 2
        slope = (y @ time) / (time @ time)
        rss0 = ((y - y.mean(axis=1, keepdims=True) - slope[:, None] * time) ** 2).sum(axis=1)
        by_month = y.reshape(-1, years, 12)
        within = (by_month - by_month.mean(axis=1, keepdims=True)).reshape(-1, length)
        year = np.repeat(np.arange(years) - (years - 1) / 2, 12) * 12
        rss1 = (within**2).sum(axis=1) - (within @ year) ** 2 / (year @ year)
        statistic = ((rss0 - rss1) / 11) / (rss1 / (length - 13))
        keys = chosen.drop_duplicates(["kind", "entity"])[["kind", "entity"]]
        found.append(keys.assign(f=statistic, p=stats.f.sf(statistic, 11, length - 13)))
    return pd.concat(found) if found else pd.DataFrame({"kind": [], "entity": []})


def run_pandas(lines_file: str, stock_file: str, out: Path) -> None:
    """All marts with pandas, each written as Parquet."""
    out.mkdir(parents=True, exist_ok=True)

    def write(table: pd.DataFrame, name: str) -> None:
        table.to_parquet(out / f"{name}.parquet", compression="zstd")

    lines = pd.read_parquet(lines_file)
    lines["quantity"] = lines["quantity"].astype(float)
    lines["revenue"] = lines["net_revenue"].astype(float)
    lines["sale_date"] = pd.to_datetime(lines["sale_date"])
    stock = pd.read_parquet(stock_file)
    stock[["stock", "unit_cost"]] = stock[["stock", "unit_cost"]].astype(float)
    names = (
        lines.groupby(["product_id", "product_name", "category"])["sale_date"]
        .agg(["size", "max"])
        .reset_index()
        .sort_values(["size", "max"])
        .groupby("product_id")[["product_name", "category"]]
        .last()
        .reset_index()
    )
    lines["transaction_id"].nunique()
    days = lines.groupby(["product_id", "sale_date"], as_index=False)[["quantity", "revenue"]].sum()
    days = days.merge(stock, on="product_id", how="left")
    days["month"] = days["sale_date"].dt.to_period("M").dt.to_timestamp()
    days["cost"] = days["unit_cost"] * days["quantity"]
    days["with_cost"] = days["revenue"].where(days["unit_cost"].notna())
    days["profit"] = days["with_cost"] - days["cost"]
    as_of = days["sale_date"].max()
    columns = [*MEASURES, "with_cost", "cost"]
    months = days.groupby(["product_id", "month"], as_index=False).agg(
        **{name: (name, "sum") for name in columns}, last_sale=("sale_date", "max")
    )
    calendar = days.groupby("month")["sale_date"].nunique().rename("trading").reset_index()
    first = months.groupby("product_id")["month"].min().rename("first").reset_index()
    panel = first.merge(calendar, how="cross").query("month >= first")
    panel = panel.merge(months, on=["product_id", "month"], how="left").merge(
        names, on="product_id"
    )
    panel[list(MEASURES)] = panel[list(MEASURES)].fillna(0)
    measures = list(MEASURES)
    parts = [panel.assign(kind="product", entity=panel["product_id"])]
    for kind, keys in (("category", ["category", "month"]), ("store", ["month"])):
        part = panel.groupby(keys, as_index=False).agg(
            {**dict.fromkeys(measures, "sum"), "trading": "max"}
        )
        parts.append(part.assign(kind=kind, entity=part[keys[0]] if kind == "category" else kind))
    entities = pd.concat(parts)[["kind", "entity", "month", "trading", *measures]]

    periods = [months.assign(period=months["month"].astype(str))]
    for length in (30, 90, 365):
        for back in (0, length):
            end = as_of - pd.Timedelta(days=back)
            inside = days[
                (days["sale_date"] <= end) & (days["sale_date"] > end - pd.Timedelta(days=length))
            ]
            part = inside.groupby("product_id", as_index=False)[columns].sum()
            periods.append(part.assign(period=f"{length}-{back}"))
    whole = months.groupby("product_id", as_index=False)[columns].sum()
    ranked = pd.concat([*periods, whole.assign(period="all")])
    ranked["last"] = (ranked["quantity"] <= 0) | (ranked["revenue"] <= 0)
    for name in MEASURES:
        ranked = ranked.sort_values(["last", name, "product_id"], ascending=[True, False, True])
        ranked[f"by_{name}"] = ranked.groupby("period").cumcount() + 1
    ranked["share"] = ranked["revenue"] / ranked.groupby("period")["revenue"].transform("sum")
    ranked = ranked.sort_values(["product_id", "period"])
    ranked["before"] = ranked.groupby("product_id")["by_revenue"].shift(1)
    ranked = ranked[ranked[[f"by_{name}" for name in MEASURES]].min(axis=1) <= 1000]
    write(
        ranked.merge(names, on="product_id").sort_values(["period", "product_id"]), "best_sellers"
    )

    windows = []
    for name, length in (("all", 40_000), ("last_12_months", 365), ("last_90_days", 90)):
        inside = days[days["sale_date"] > as_of - pd.Timedelta(days=length)]
        windows.append(
            inside.groupby("product_id", as_index=False)[columns].sum().assign(window=name)
        )
    totals = pd.concat(windows).merge(names, on="product_id")
    totals["margin"] = totals["profit"] / totals["with_cost"]
    for name in ("profit", "margin"):
        totals[f"{name}_rank"] = totals.groupby("window")[name].rank("first", ascending=False)
    write(totals.sort_values(["window", "product_id"]), "profitability")
    totals = totals[totals["window"] != "last_90_days"].sort_values("revenue", ascending=False)
    totals["cumulative"] = totals.groupby("window")["revenue"].cumsum()
    write(totals.sort_values(["window", "product_id"]), "revenue_contribution")

    entities = entities.sort_values(["kind", "entity", "month"]).reset_index(drop=True)
    grouped = entities.groupby(["kind", "entity"])
    compared = entities.copy()
    for name in MEASURES:
        for back in (1, 12):
            past = grouped[name].shift(back).fillna(0)
            compared[f"{name}_{back}"] = past
            compared[f"{name}_change_{back}"] = (compared[name] - past) / past.abs()
    write(compared, "trends")
    moves = compared[compared["kind"] == "product"]
    price = moves["revenue"] / moves["quantity"] - moves["revenue_1"] / moves["quantity_1"]
    moves = moves.assign(price_effect=price * (moves["quantity"] + moves["quantity_1"]) / 2)
    write(moves.sort_values(["month", "entity"]), "revenue_change")
    age = grouped.cumcount(ascending=False)
    signals = pd.DataFrame(
        {
            "recent": entities[age < 3].groupby(["kind", "entity"])["quantity"].sum(),
            "previous": entities[age.between(12, 14)].groupby(["kind", "entity"])["quantity"].sum(),
            "deviation": entities[age < 24].groupby(["kind", "entity"])["quantity"].std(),
        }
    )
    write(signals.reset_index(), "trend_signals")
    write(seasons(entities), "seasonality")

    year = days[days["sale_date"] > as_of - pd.Timedelta(days=365)]
    quarter = year[year["sale_date"] > as_of - pd.Timedelta(days=90)]
    velocity = stock.merge(
        year.groupby("product_id", as_index=False)[columns].sum(), on="product_id", how="left"
    )
    recent = (
        quarter.assign(sq=quarter["quantity"] ** 2)
        .groupby("product_id", as_index=False)[["quantity", "sq"]]
        .sum()
    )
    velocity = velocity.merge(
        recent.rename(columns={"quantity": "q90"}), on="product_id", how="left"
    )
    last = months.groupby("product_id", as_index=False)["last_sale"].max()
    velocity = velocity.merge(last, on="product_id", how="left")
    velocity["cover"] = velocity["stock"] / (velocity["q90"] / 90)
    write(velocity.sort_values("product_id"), "inventory_velocity")
    write(velocity[velocity["stock"] > 0], "dead_stock")
