"""Explanations of the active insights, from the insight tables on disk to `ai_explanations`."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow.parquet as pq

from lucid_orchestration.errors import ProviderUnavailableError
from lucid_orchestration.explain.briefs import Brief, Privacy, dataset_brief, insight_brief
from lucid_orchestration.explain.cache import Cache
from lucid_orchestration.explain.languages import Lexicon, load_lexicon
from lucid_orchestration.explain.names import Catalogue
from lucid_orchestration.explain.outbox import Outbox
from lucid_orchestration.explain.prompt import write_prompt
from lucid_orchestration.explain.providers.choice import choose_provider
from lucid_orchestration.explain.providers.protocol import Provider
from lucid_orchestration.explain.writer import Usage, Writer, Written
from lucid_orchestration.insights.tables import table_file, write_table
from lucid_orchestration.settings import AiSettings, Settings
from lucid_orchestration.storage import read_parquet_rows, write_text

SUMMARY_ID = "summary"
DEMO = "demo"
_CLOSING_TIME = 1.0  # seconds

Progress = Callable[[str], None]


class Tables(Protocol):
    """Where the tables lie that texts are about."""

    @property
    def marts(self) -> Path:
        """The folder of the marts."""

    @property
    def insights(self) -> Path:
        """The folder of the insight tables."""


@dataclass(frozen=True)
class Selection:
    """The texts that may cost calls: one dataset, and of it some insights or all when none."""

    dataset_id: str
    insight_ids: tuple[str, ...] = ()

    def holds(self, brief: Brief) -> bool:
        """Whether a text is among them."""
        return brief.dataset_id == self.dataset_id and (
            not self.insight_ids or brief.insight_id in self.insight_ids
        )


@dataclass(frozen=True)
class ExplainRun:
    """What a run wrote and what it cost; `rows` are those of `ai_explanations`.

    `rejected` counts refused answers by verdict code, `reasons` templates by why they stand there.
    """

    rows: tuple[dict[str, Any], ...]
    accepted: int
    cached: int
    template: int
    rejected: Mapping[str, int]
    reasons: Mapping[str, int]
    calls: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Task:
    """A brief with what its verification needs and its moment, the dataset's as-of date."""

    brief: Brief
    catalogue: Catalogue
    moment: datetime | None
    is_active: bool
    may_call: bool


@dataclass(frozen=True)
class Preview:
    """A request as it would be sent."""

    dataset_id: str
    insight_id: str
    host: str
    model: str
    body: Mapping[str, Any]


def explain(
    paths: Settings,
    ai: AiSettings,
    progress: Progress,
    selection: Selection | None = None,
    keep: bool = True,
    tables: Tables | None = None,
    build: str = "",
) -> ExplainRun:
    """One text per active insight and one per dataset, whatever a provider does.

    `tables` are those of the build whose id is `build`; without them, the files that lie in the
    data folder. `keep` writes the texts to `ai_explanations`. Calls are made for the summary and
    the first `ai.max_insights` of each dataset, with a selection within it, and for every insight
    it names; any other text comes from the cache or is the template. Insights of a selection that
    are not active are among the rows, but not kept.
    """
    lexicon = load_lexicon(ai.language)
    tasks = list(_tasks(tables or paths, ai, lexicon, selection))
    with _writer(paths, ai, lexicon, progress) as writer:
        if writer is not None:
            progress(f"Wording {sum(task.may_call for task in tasks)} texts with {ai.provider}")
        written = [(task, _write(writer, task)) for task in tasks]
    run = _summed(written, writer, ai)
    if keep:
        kept = [row for row, (task, _) in zip(run.rows, written, strict=True) if task.is_active]
        write_table(paths.insights, "ai_explanations", kept, build)
        figures = {name: value for name, value in asdict(run).items() if name != "rows"}
        write_text(paths.state / "ai_last_run.json", json.dumps(figures, indent=1) + "\n")
    return run


def preview(tables: Tables, ai: AiSettings, selection: Selection) -> list[Preview]:
    """What `explain` would send for a selection, whether or not it is cached; sends nothing.

    Raises:
        ProviderUnavailableError: when the provider's library is not installed.
    """
    lexicon = load_lexicon(ai.language)
    with _provider(ai) as provider:
        if provider is None:
            return []
        return [
            Preview(
                task.brief.dataset_id,
                task.brief.insight_id,
                provider.host,
                provider.model,
                provider.body(write_prompt(task.brief, lexicon.forms)),
            )
            for task in _tasks(tables, ai, lexicon, selection)
            if task.may_call
        ]


def _tasks(
    tables: Tables, ai: AiSettings, lexicon: Lexicon, selection: Selection | None
) -> Iterator[Task]:
    insights = read_parquet_rows(table_file(tables.insights, "active_insights"))
    for shop in read_parquet_rows(tables.marts / "dataset_summary.parquet"):
        dataset_id = shop["dataset_id"]
        own = [row for row in insights if row["dataset_id"] == dataset_id]
        privacy = _privacy(tables, ai, lexicon, dataset_id)
        briefs = [dataset_brief(SUMMARY_ID, shop, own, privacy)]
        wanted = _asked_for(tables, selection, dataset_id, own)
        briefs += [insight_brief(row, shop["currency"], privacy) for row in (*own, *wanted)]
        as_of = shop["as_of_date"]
        for number, brief in enumerate(briefs):
            is_named = selection is not None and brief.insight_id in selection.insight_ids
            is_wanted = selection is None or selection.holds(brief)
            yield Task(
                brief=brief,
                catalogue=privacy.catalogue,
                moment=datetime.combine(as_of, datetime.min.time()) if as_of else None,
                is_active=number <= len(own),
                may_call=is_wanted and (is_named or number <= ai.max_insights),
            )


def _asked_for(
    tables: Tables, selection: Selection | None, dataset_id: str, active: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Insights that are not active but were named: they get a text that is not kept."""
    if selection is None or selection.dataset_id != dataset_id:
        return []
    known = {row["insight_id"] for row in active}
    named = set(selection.insight_ids) - known
    if not named:
        return []
    rows = read_parquet_rows(table_file(tables.insights, "insights"))
    return [row for row in rows if row["dataset_id"] == dataset_id and row["insight_id"] in named]


def _privacy(tables: Tables, ai: AiSettings, lexicon: Lexicon, dataset_id: str) -> Privacy:
    products = pq.read_table(
        tables.marts / "product_master.parquet",
        columns=["product_name", "category"],
        filters=[("dataset_id", "=", dataset_id)],
    ).to_pylist()
    return Privacy(
        send_names=ai.send_names,
        catalogue=Catalogue.of(row["product_name"] for row in products if row["product_name"]),
        categories={row["product_name"]: row["category"] or "" for row in products},
        ordinary=lexicon.category_words,
        plain_words=lexicon.plain_words,
    )


@contextmanager
def _provider(ai: AiSettings) -> Iterator[Provider | None]:
    """The provider to ask; a demonstration brings its own server, on this machine."""
    if ai.provider != DEMO:
        yield choose_provider(ai)
        return
    from lucid_orchestration.explain.demo_server import DEMO_MODEL, good, serving
    from lucid_orchestration.explain.providers.openai_api import OpenAIProvider

    with serving(good) as server:
        yield OpenAIProvider(DEMO_MODEL, server.url, "chat", key=DEMO, name=DEMO)


@contextmanager
def _writer(
    paths: Settings, ai: AiSettings, lexicon: Lexicon, progress: Progress
) -> Iterator[Writer | None]:
    is_demo = ai.provider == DEMO
    # from before the provider's library is loaded, and with time left for writing the tables
    ends = time.monotonic() + ai.total_time - min(_CLOSING_TIME, ai.total_time / 10)
    try:
        with _provider(ai) as provider:
            if provider is None:
                yield None
                return
            outbox = paths.ai_outbox / DEMO if is_demo else paths.ai_outbox
            yield Writer(
                provider=provider,
                lexicon=lexicon,
                cache=Cache(None if is_demo else paths.ai_cache),
                outbox=Outbox(outbox, ai.daily_calls),
                timeout=ai.timeout,
                ends=ends,
                is_open=is_demo or bool(ai.key),
            )
    except ProviderUnavailableError as error:
        progress(str(error))
        yield None


def _write(writer: Writer | None, task: Task) -> Written:
    if writer is None:
        return Written(task.brief.template, "template", False, (), None)
    return writer.write(task.brief, task.catalogue, task.may_call)


def _summed(
    written: Sequence[tuple[Task, Written]], writer: Writer | None, ai: AiSettings
) -> ExplainRun:
    usage = writer.usage if writer else Usage()
    texts = [text for _, text in written]
    return ExplainRun(
        rows=tuple(_row(task, text, writer.provider if writer else None) for task, text in written),
        accepted=sum(text.source == "ai" for text in texts),
        cached=sum(text.is_cached for text in texts),
        template=sum(text.source == "template" for text in texts),
        rejected=dict(sorted(Counter(code.value for text in texts for code in text.codes).items())),
        reasons=dict(sorted(Counter(text.reason for text in texts if text.reason).items())),
        calls=usage.calls,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
    )


def _row(task: Task, written: Written, provider: Provider | None) -> dict[str, Any]:
    brief, text, template = task.brief, written.text, task.brief.template
    return {
        "dataset_id": brief.dataset_id,
        "insight_id": brief.insight_id,
        "kind": "summary" if brief.insight_id == SUMMARY_ID else "insight",
        "headline": text.headline,
        "explanation": text.explanation,
        "guidance": text.guidance,
        "text_source": written.source,
        "provider": provider.name if provider is not None else "none",
        "model": provider.model if provider is not None else None,
        "prompt_hash": written.prompt_hash,
        "verdict_codes": json.dumps([code.value for code in written.codes]),
        "template_reason": written.reason or None,
        "template_explanation": template.explanation,
        "template_guidance": template.guidance,
        "facts_hash": brief.pack.digest(),
        "generated_at": task.moment,
    }
