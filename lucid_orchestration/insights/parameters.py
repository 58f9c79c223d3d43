"""Limits of rules at other values: for every shop in dbt_project.yml, for one in its lucid.yml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lucid_orchestration.ingest.inbox import SHOP_FILE, dataset_named, dataset_of
from lucid_orchestration.ingest.knowledge import knowledge_in
from lucid_orchestration.insights.rules import (
    Limits,
    Rule,
    RuleProblem,
    SettingProblem,
    reason_of,
)
from lucid_orchestration.settings import PROJECT_FILE
from lucid_orchestration.yml import StatedError, parse_stated, read_stated

PROJECT_VAR = "rule_parameters"

RuleParameters = Mapping[str, Limits]


class ShopSettings(BaseModel):
    """What a shop's lucid.yml holds of rules; `ingest.knowledge` reads its other keys."""

    model_config = ConfigDict(extra="ignore", strict=True)

    rules: dict[str, dict[str, int | float]] = Field(default_factory=dict)


@dataclass(frozen=True)
class Parameters:
    """Parameters by rule: for all datasets, and for single ones; `problems` were left out."""

    everywhere: RuleParameters
    by_dataset: Mapping[str, RuleParameters]
    problems: tuple[RuleProblem, ...] = ()

    def of(self, dataset_id: str, rule: Rule) -> dict[str, int | float]:
        """What a dataset changes of a rule; its own value wins over the one for all."""
        known = rule.parameters.keys()
        changed = {
            **self.everywhere.get(rule.id, {}),
            **self.by_dataset.get(dataset_id, {}).get(rule.id, {}),
        }
        return {name: value for name, value in sorted(changed.items()) if name in known}


NONE = Parameters({}, {})


def read_parameters(
    inbox: Path, variables: Mapping[str, Any], rules: Sequence[Rule], dataset: str | None = None
) -> Parameters:
    """The limits set in `rule_parameters` of the project's vars and in the shops' lucid.yml.

    A file that cannot be read, a rule or limit that does not exist: named, and left out. So is
    what a lucid.yml says of the shop itself and nobody can use.
    """
    problems: list[RuleProblem] = []
    known = {rule.id: rule.parameters.keys() for rule in rules}
    everywhere = _checked(
        {"rules": variables.get(PROJECT_VAR) or {}}, PROJECT_FILE, known, problems
    )
    by_dataset: dict[str, RuleParameters] = {}
    for path in shop_files(inbox, dataset):
        folder = path.parent.name if path.parent != inbox else "default"
        name = f"{folder}/{path.name}"
        content = _read(path, name, problems)
        by_dataset[dataset_named(folder)] = _checked(content, name, known, problems)
        problems += [SettingProblem(name, "", said) for said in knowledge_in(content).problems]
    return Parameters(everywhere, by_dataset, tuple(problems))


def shop_files(inbox: Path, dataset: str | None = None) -> list[Path]:
    """Every lucid.yml: the one of the dataset `default`, and those of the shops' folders.

    Those of one dataset alone if asked.
    """
    files = [*inbox.glob(SHOP_FILE), *inbox.glob(f"*/{SHOP_FILE}")]
    return sorted(
        file
        for file in files
        if dataset is None
        or dataset == ("default" if file.parent == inbox else dataset_of(file.parent))
    )


def _read(path: Path, name: str, problems: list[RuleProblem]) -> dict[str, Any]:
    try:
        content = parse_stated(read_stated(path))
    except (FileNotFoundError, StatedError) as error:
        problems.append(RuleProblem(name, "", reason_of(error)))
        return {}
    if content is None:
        return {}
    if not isinstance(content, dict):
        problems.append(RuleProblem(name, "", "this is no list of settings such as `rules:`"))
        return {}
    return content


def _checked(
    content: Mapping[str, Any],
    name: str,
    known: Mapping[str, Any],
    problems: list[RuleProblem],
) -> RuleParameters:
    try:
        limits = ShopSettings.model_validate(dict(content)).rules
    except ValidationError as error:
        problems.append(RuleProblem(name, "", reason_of(error)))
        return {}
    kept: dict[str, dict[str, int | float]] = {}
    for rule_id, values in limits.items():
        if rule_id not in known:
            problems.append(RuleProblem(name, rule_id, "there is no such rule"))
            continue
        for parameter, value in values.items():
            if parameter not in known[rule_id]:
                choices = ", ".join(known[rule_id]) or "none"
                reason = f"{parameter} is no limit of it; it has: {choices}"
                problems.append(RuleProblem(name, rule_id, reason))
            elif not abs(value) < 10**15:  # false for a nan as well
                problems.append(RuleProblem(name, rule_id, f"{parameter}: {value} is no limit"))
            else:
                kept.setdefault(rule_id, {})[parameter] = value
    return kept
