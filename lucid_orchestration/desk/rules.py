"""Operations on rules: the list with each shop's limits, a trial against today's data, keeping.

Beside them what a shop says of itself: deliveries, closed days, festivals.
"""

from collections.abc import Sequence
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from lucid_orchestration.desk import problems
from lucid_orchestration.desk.context import Desk, Shop, ShopName, TheDesk, shop_of
from lucid_orchestration.desk.encoding import Json
from lucid_orchestration.desk.runs import Asked
from lucid_orchestration.desk.schemas import Amount
from lucid_orchestration.desk.snapshot import open_snapshot
from lucid_orchestration.errors import BadRequestError
from lucid_orchestration.ingest.inbox import shop_file
from lucid_orchestration.ingest.inbox_changes import new_dataset_folder
from lucid_orchestration.ingest.knowledge import NOTHING_KNOWN
from lucid_orchestration.insights.keeping import knowledge_text, set_knowledge, set_limits
from lucid_orchestration.insights.knowing import Term, shops_terms, terms_of
from lucid_orchestration.insights.pipeline import listed_rules
from lucid_orchestration.insights.trying import (
    Trial,
    checked_limits,
    keep_rule,
    known_rule,
    rule_of_text,
    try_rule,
)

Number = int | float


class RuleAnswer(BaseModel):
    """A rule with its limits; `changed` holds other limits by shop, "" for all shops."""

    model_config = ConfigDict(extra="forbid")

    rule_id: str
    category: str
    entity_type: str
    parameters: dict[str, Number]
    clears_at: dict[str, Number]
    changed: dict[str, dict[str, Number]]


class RulesAnswer(BaseModel):
    """All usable rules, and what is broken in rule files and settings."""

    model_config = ConfigDict(extra="forbid")

    rows: list[RuleAnswer]
    total: int
    problems: list[str]


class RuleQuestion(BaseModel):
    """A rule at other limits for one shop, or a new rule as the text of a rule file."""

    model_config = ConfigDict(extra="forbid")

    shop: str = Field(min_length=1, max_length=200)
    rule_id: str | None = Field(default=None, max_length=200)
    limits: dict[str, Number] | None = None
    text: str | None = Field(default=None, max_length=200_000)


class FoundAnswer(BaseModel):
    """One thing a rule would speak of."""

    model_config = ConfigDict(extra="forbid")

    entity_id: str
    entity_name: str
    estimated_impact: Amount | None
    cash_at_stake: Amount | None
    confidence: Literal["low", "medium", "high"]


class TrialAnswer(BaseModel):
    """What a rule would find now; nothing is kept."""

    model_config = ConfigDict(extra="forbid")

    rule_id: str
    count: int
    usual: int | None
    sentence: str
    found: list[FoundAnswer]
    currency: str | None
    snapshot: str


class KeptAnswer(BaseModel):
    """What was kept, and the job that follows it."""

    model_config = ConfigDict(extra="forbid")

    rule_id: str
    job: Asked


class TermAnswer(BaseModel):
    """One thing a shop can say of itself: what holds, what is assumed, and what it decides."""

    model_config = ConfigDict(extra="forbid")

    key: str
    label: str
    value: str
    usual: str
    decides: str
    is_told: bool


class KnowledgeAnswer(BaseModel):
    """What a shop says of itself; `text` is that part of its lucid.yml."""

    model_config = ConfigDict(extra="forbid")

    rows: list[TermAnswer]
    text: str


class KnowledgeText(BaseModel):
    """All that a shop says of itself, as YAML."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=100_000)


class KnowledgeKept(BaseModel):
    """What holds now, and the job that follows it."""

    model_config = ConfigDict(extra="forbid")

    rows: list[TermAnswer]
    text: str
    job: Asked


def knowledge_of(desk: Desk, shop: Shop) -> dict[str, Any]:
    """What a shop says of itself, beside what is assumed."""
    terms: Sequence[Term] = shops_terms(desk.paths.inbox).get(
        shop.dataset_id, terms_of(NOTHING_KNOWN)
    )
    folder = shop_file(desk.paths.inbox, shop.dataset_id).parent
    return {"rows": [vars(term) for term in terms], "text": knowledge_text(folder)}


def all_rules(desk: Desk) -> dict[str, Any]:
    """Every rule with its limits."""
    found, broken = listed_rules(desk.paths.inbox, own_rules=desk.paths.rules)
    return {
        "rows": [{name: getattr(rule, name) for name in RuleAnswer.model_fields} for rule in found],
        "total": len(found),
        "problems": [problem.sentence for problem in broken],
    }


def tried(desk: Desk, question: RuleQuestion) -> tuple[Trial, str | None, str]:
    """What the rule of a question would find, the shop's currency, and the build it was tried on.

    Raises:
        BadRequestError: when it is neither a known rule nor the text of one.
        NotFoundError: for an unknown shop or rule.
        UnprocessableError: for a text that is no usable rule.
    """
    snapshot = open_snapshot(desk.paths)
    shop = shop_of(snapshot, question.shop)
    paths = snapshot.paths
    if _is_new(question):
        rule, limits = rule_of_text(question.text or ""), None
    else:
        rule = known_rule(question.rule_id or "", desk.paths.rules)
        limits = checked_limits(rule, question.limits or {})
    trial = try_rule(paths.marts, paths.quality, desk.paths.inbox, shop.dataset_id, rule, limits)
    return trial, shop.currency, snapshot.id


def router() -> APIRouter:
    """The operations."""
    routes = APIRouter(tags=["rules"])

    @routes.get(
        "/rules",
        operation_id="list_rules",
        responses={200: {"model": RulesAnswer}, **problems.answers(503)},
    )
    def list_rules(desk: TheDesk) -> Response:
        return Json(all_rules(desk))

    @routes.post(
        "/rules/try",
        operation_id="try_rule",
        responses={200: {"model": TrialAnswer}, **problems.answers(400, 403, 404, 413, 422, 503)},
    )
    def try_a_rule(desk: TheDesk, question: RuleQuestion) -> Response:
        trial, currency, snapshot = tried(desk, question)
        content = {name: getattr(trial, name) for name in ("rule_id", "count", "usual", "sentence")}
        found = [vars(one) for one in trial.found]
        return Json({**content, "found": found, "currency": currency, "snapshot": snapshot})

    @routes.put(
        "/rules",
        operation_id="keep_rule",
        status_code=202,
        responses={
            202: {"model": KeptAnswer},
            **problems.answers(400, 403, 404, 409, 413, 422, 503),
        },
    )
    def keep(desk: TheDesk, question: RuleQuestion) -> Response:
        shop = shop_of(open_snapshot(desk.paths), question.shop)
        if _is_new(question):
            rule = keep_rule(desk.paths.rules, question.text or "")
        else:
            rule = known_rule(question.rule_id or "", desk.paths.rules)
            limits = checked_limits(rule, question.limits or {})
            set_limits(new_dataset_folder(desk.paths.inbox, shop.dataset_id), rule.id, limits)
        job = desk.jobs.ask("refresh", f"The rule {rule.id} was changed")
        return Json({"rule_id": rule.id, "job": Asked.of(job).model_dump()}, 202)

    @routes.get(
        "/datasets/{shop}/knowledge",
        operation_id="get_knowledge",
        responses={200: {"model": KnowledgeAnswer}, **problems.answers(404, 503)},
    )
    def get_knowledge(desk: TheDesk, shop: ShopName) -> Response:
        return Json(knowledge_of(desk, shop_of(open_snapshot(desk.paths), shop)))

    @routes.put(
        "/datasets/{shop}/knowledge",
        operation_id="put_knowledge",
        status_code=202,
        responses={202: {"model": KnowledgeKept}, **problems.answers(403, 404, 413, 422, 503)},
    )
    def put_knowledge(desk: TheDesk, shop: ShopName, said: KnowledgeText) -> Response:
        whose = shop_of(open_snapshot(desk.paths), shop)
        set_knowledge(shop_file(desk.paths.inbox, whose.dataset_id).parent, said.text)
        job = desk.jobs.ask("refresh", f"{whose.name} said something of itself")
        return Json({**knowledge_of(desk, whose), "job": Asked.of(job).model_dump()}, 202)

    return routes


def _is_new(question: RuleQuestion) -> bool:
    if (question.text is None) == (question.rule_id is None):
        raise BadRequestError("Give either rule_id with limits, or the text of a new rule.", "text")
    return question.text is not None
