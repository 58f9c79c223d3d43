"""Texts of single insights, asked for by a person, outside a run."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lucid_orchestration.errors import NotFoundError
from lucid_orchestration.progress import Progress, silent
from lucid_orchestration.runs import stamps
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.runs.steps import explanations_file, run_step, step_of, text_inputs
from lucid_orchestration.settings import AiSettings, Settings, own_settings
from lucid_orchestration.warehouse.parquet import select_rows
from lucid_orchestration.warehouse.publishing import publish_insights
from lucid_orchestration.warehouse.snapshots import open_built, open_snapshot

if TYPE_CHECKING:
    from lucid_orchestration.explain.pipeline import ExplainRun, Preview, Selection


def explain_insights(
    paths: Settings, ai: AiSettings, selection: "Selection", progress: Progress
) -> "tuple[list[dict[str, Any]], ExplainRun | None]":
    """The texts of a selection, and what wording them took if that was tried.

    Without a provider the texts are the ones that are there, brought up to date if need be. With
    one they are worded now and kept; a demonstration keeps nothing.

    Raises:
        NotFoundError: before the first run.
    """
    from lucid_orchestration.explain.pipeline import DEMO, explain

    paths = own_settings(paths, selection.dataset_id)
    _require_insights(paths)
    with run_lock(paths, progress):
        if ai.provider == "none":
            run_step(paths, step_of(Stage.EXPLAIN), full=False, progress=progress)
            rows = select_rows(explanations_file(paths), {}, ("kind desc", "insight_id"))
            known = {row["insight_id"] for row in rows}
            if not known.issuperset(selection.insight_ids):
                with open_built(paths) as tables:
                    rows += explain(paths, ai, silent, selection, keep=False, tables=tables).rows
            return _selected(rows, selection), None
        keep = ai.provider != DEMO
        if keep:
            stamps.forget(paths, Stage.EXPLAIN)
        with open_built(paths) as tables:
            run = explain(paths, ai, progress, selection, keep, tables, tables.build)
        if keep:
            stamps.remember(paths, Stage.EXPLAIN, text_inputs(paths), [explanations_file(paths)])
            publish_insights(paths)
        return _selected(run.rows, selection), run


def preview_explanations(
    paths: Settings, ai: AiSettings, selection: "Selection"
) -> "list[Preview]":
    """What would be sent for a selection; nothing is.

    Raises:
        NotFoundError: before the first run.
        ProviderUnavailableError: when the provider's library is not installed.
    """
    from lucid_orchestration.explain.pipeline import preview

    paths = own_settings(paths, selection.dataset_id)
    _require_insights(paths)
    with open_snapshot(paths) as snapshot:
        return preview(snapshot, ai, selection)


def _selected(rows: Iterable[dict[str, Any]], selection: "Selection") -> list[dict[str, Any]]:
    """The rows of a selection, each text once."""
    chosen = {
        row["insight_id"]: row
        for row in rows
        if row["dataset_id"] == selection.dataset_id
        and (not selection.insight_ids or row["insight_id"] in selection.insight_ids)
    }
    return list(chosen.values())


def _require_insights(paths: Settings) -> None:
    if not (paths.insights / "active_insights.parquet").exists():
        raise NotFoundError("There are no insights yet. Run `lucid run` first.")
