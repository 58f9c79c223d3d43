"""Insights as assets: rules over the marts, and the few a person should see."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

from lucid_orchestration.assets.previews import image, markdown_table, parts_metadata, plain_table
from lucid_orchestration.assets.warehouse import is_asked_for, model_keys, publish_unless_later
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.runs.steps import run_step, step_of
from lucid_orchestration.settings import Settings, settings
from lucid_orchestration.warehouse import datasets, parquet
from lucid_orchestration.warehouse.snapshots import open_built

INSIGHTS = dg.AssetKey(["insights", "insights"])
ACTIVE_INSIGHTS = dg.AssetKey(["insights", "active_insights"])
RULES_USABLE = "every_rule_is_usable"

_COLUMNS = ("rank", "title", "category", "estimated_impact", "confidence", "because", "status")
_DATASETS_SHOWN = 3


@cache
def insights() -> dg.AssetsDefinition:
    """All insights the rules find, and the ranked selection of them."""

    @dg.multi_asset(
        name="insights",
        specs=[
            dg.AssetSpec(
                INSIGHTS,
                deps=model_keys("marts", "quality", "seeds"),
                group_name="insights",
                kinds={"parquet"},
                owners=["team:analyst"],
                description="Everything the rules found, with facts, money and confidence.",
            ),
            dg.AssetSpec(
                ACTIVE_INSIGHTS,
                deps=[INSIGHTS],
                group_name="insights",
                kinds={"parquet"},
                owners=["team:analyst"],
                description="The insights a person should see, best first.",
            ),
        ],
        check_specs=[
            dg.AssetCheckSpec(
                RULES_USABLE,
                asset=INSIGHTS,
                description="A broken rule, or a limit that does not exist, is left out: see here.",
            )
        ],
    )
    def found(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]:
        paths = settings()
        with run_lock(paths, context.log.info):
            run_step(
                paths, step_of(Stage.INSIGHTS), is_asked_for(context), progress=context.log.info
            )
            publish_unless_later(context, paths)
        everything = paths.insights / "insights.parquet"
        over = parquet.select_rows(
            everything, {"status": "resolved"}, ("dataset_id", "rule_id", "entity_id")
        )
        yield dg.MaterializeResult(
            asset_key=INSIGHTS,
            metadata={
                **_counts(everything),
                **parts_metadata(everything),
                "settled since last time": dg.MetadataValue.md(
                    plain_table(("dataset_id", "summary"), over)
                ),
            },
        )
        yield rules_check(paths.insights / "rule_problems.parquet")
        active = paths.insights / "active_insights.parquet"
        yield dg.MaterializeResult(
            asset_key=ACTIVE_INSIGHTS,
            metadata={**_counts(active), **_active_metadata(paths, active)},
        )

    return found


def _active_metadata(paths: Settings, active: Path) -> dict[str, Any]:
    with open_built(paths) as tables:
        return active_metadata(active, tables.marts)


def rules_check(problems: Path) -> dg.AssetCheckResult:
    """A warning for every rule or limit that was left out, never a stop."""
    rows = parquet.select_rows(problems, {})
    return dg.AssetCheckResult(
        asset_key=INSIGHTS,
        check_name=RULES_USABLE,
        passed=not rows,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"left out": dg.MetadataValue.md(plain_table(("file", "rule", "reason"), rows))},
    )


def active_metadata(active: Path, marts: Path) -> dict[str, Any]:
    """For the first datasets the ranked table with money and reasons, and a chart of the money."""
    # the chart engine is needed while a run builds, not whenever Dagster loads definitions
    from lucid_orchestration.report import charts

    metadata: dict[str, Any] = {}
    for dataset_id in parquet.ids_in(active)[:_DATASETS_SHOWN]:
        rows = parquet.select_rows(active, {"dataset_id": dataset_id}, ("rank",))
        currency = datasets.currency(marts, dataset_id)
        listed = [{**row, "because": _weakest(row)} for row in rows]
        metadata[f"{dataset_id}: what to do"] = dg.MetadataValue.md(
            markdown_table(_COLUMNS, listed, currency)
        )
        money = sum((row["estimated_impact"] or Decimal(0) for row in rows), Decimal(0))
        metadata[f"{dataset_id}: money at stake"] = float(money)
        picture = charts.insight_money(rows, currency)
        if picture is not None:
            metadata[f"{dataset_id}: chart"] = dg.MetadataValue.md(
                image(f"money at stake in {dataset_id}", picture)
            )
    return metadata


def _weakest(row: Mapping[str, Any]) -> str:
    """The sentence of the component that limits the confidence."""
    parts = json.loads(row["confidence_reasons"])
    if not parts:
        return ""
    weakest = min(parts, key=lambda part: -1 if part["score"] is None else part["score"])
    return str(weakest["sentence"])


def _counts(path: Path) -> dict[str, Any]:
    categories = parquet.counts(path, ("category",))
    return {
        "dagster/row_count": parquet.row_count(path),
        **{row["category"]: row["row_count"] for row in categories},
    }
