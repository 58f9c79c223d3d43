"""What a rule would find now, before it is kept: at other limits, or one that is new."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import duckdb

from lucid_orchestration.errors import (
    BadRequestError,
    ConflictError,
    NotFoundError,
    UnprocessableError,
    first_line,
)
from lucid_orchestration.formatting import counted
from lucid_orchestration.insights.checking import check_rule_file
from lucid_orchestration.insights.entities import ENTITY_WORDS
from lucid_orchestration.insights.findings import rule_findings
from lucid_orchestration.insights.marts import open_marts
from lucid_orchestration.insights.parameters import Parameters, read_parameters
from lucid_orchestration.insights.rules import Rule, load_rules
from lucid_orchestration.insights.shops import read_shops
from lucid_orchestration.settings import project_vars
from lucid_orchestration.storage import write_text

_MOST_NAMED = 50
_MOST_LETTERS = 100_000


@dataclass(frozen=True)
class Found:
    """One thing a rule would speak of; the money is over 90 days, None where it has none."""

    entity_id: str
    entity_name: str
    estimated_impact: Decimal | None
    cash_at_stake: Decimal | None
    confidence: str


@dataclass(frozen=True)
class Trial:
    """What a rule would find in one shop, the largest first, and how many it finds as it is.

    `usual` is None for a rule that is new.
    """

    rule_id: str
    count: int
    usual: int | None
    sentence: str
    found: tuple[Found, ...]


def known_rule(rule_id: str, own_rules: Path) -> Rule:
    """A rule by its id.

    Raises:
        NotFoundError: when there is none.
    """
    for rule in load_rules(own=own_rules).rules:
        if rule.id == rule_id:
            return rule
    raise NotFoundError(f"There is no rule {rule_id!r}.")


def checked_limits(rule: Rule, limits: Mapping[str, int | float]) -> dict[str, int | float]:
    """Limits that the rule has, at values that are some.

    Raises:
        BadRequestError: for another limit or value, naming it.
    """
    for name, value in limits.items():
        if name not in rule.parameters:
            known = ", ".join(rule.parameters) or "none"
            raise BadRequestError(f"{rule.id} has no limit {name!r}. It has: {known}.", name)
        if not abs(value) < 10**15:  # false for a nan as well
            raise BadRequestError(f"{name}: {value} is no limit.", name)
    return dict(limits)


def rule_of_text(text: str) -> Rule:
    """The one rule of a rule file's text.

    Raises:
        UnprocessableError: when it is not one usable rule, with what is wrong with it.
    """
    if len(text) > _MOST_LETTERS:
        raise UnprocessableError(f"A rule has {_MOST_LETTERS:,} characters at most.", "text")
    with tempfile.TemporaryDirectory(prefix="lucid-rule-") as folder:
        file = Path(folder) / "rule.yml"
        write_text(file, text)
        book = check_rule_file(file)
    if book.problems:
        raise UnprocessableError(book.problems[0].sentence, "text")
    if len(book.rules) != 1:
        raise UnprocessableError("Give one rule, under `rules:`.", "text")
    return book.rules[0]


def keep_rule(own_rules: Path, text: str) -> Rule:
    """Keep a new rule, or another wording of one of the owner's own.

    Raises:
        ConflictError: when a rule that comes with Lucid has that id.
        UnprocessableError: when it is not one usable rule.
    """
    rule = rule_of_text(text)
    if any(rule.id == other.id for other in load_rules().rules):
        raise ConflictError(f"{rule.id} comes with Lucid. Give yours another id.", "text")
    write_text(own_rules / f"{rule.id}.yml", text if text.endswith("\n") else f"{text}\n")
    return rule


def try_rule(
    marts_dir: Path,
    quality_dir: Path,
    inbox: Path,
    dataset_id: str,
    rule: Rule,
    limits: Mapping[str, int | float] | None = None,
) -> Trial:
    """What a rule would find in one shop now; with `limits` at these in place of its usual ones.

    Raises:
        UnprocessableError: when the rule does not run over the shop's data.
    """
    try:
        with open_marts(marts_dir, quality_dir) as marts:
            shops = {name: s for name, s in read_shops(marts).items() if name == dataset_id}
            kept = read_parameters(inbox, project_vars(), (rule,))
            own = {dataset_id: {rule.id: dict(limits or {})}}
            changed = Parameters({}, own)
            found = rule_findings(marts, rule, shops, changed if limits is not None else kept, {})
            usual = None
            if limits is not None:
                usual = len(rule_findings(marts, rule, shops, replace(kept, problems=()), {}))
    except FileNotFoundError as error:
        raise NotFoundError("There are no answers yet. Run `lucid run` first.") from error
    except (duckdb.Error, ValueError) as error:
        raise UnprocessableError(f"{rule.id} does not run: {first_line(error)}") from error
    # what its own evaluation does with an impact that is not above zero
    ordered = sorted(found, key=lambda f: (-max(f.impact or 0, f.cash or 0), f.entity_id))
    things = counted(len(found), ENTITY_WORDS[rule.entity_type])
    if len(found) != 1 and rule.entity_type == "category":
        things = things.replace("categorys", "categories")
    was = "" if usual is None else f"; with its limits as they are it finds {usual}"
    return Trial(
        rule.id,
        len(found),
        usual,
        f"It would have found {things}{was}.",
        tuple(
            Found(f.entity_id, f.entity_name, f.impact, f.cash, f.confidence.level)
            for f in ordered[:_MOST_NAMED]
        ),
    )
