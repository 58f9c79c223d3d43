"""Writing into a shop's lucid.yml: what is said of insights, of rules and of the shop itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lucid_orchestration.errors import UnprocessableError
from lucid_orchestration.ingest.inbox import SHOP_FILE
from lucid_orchestration.ingest.knowledge import Knowledge, knowledge_in
from lucid_orchestration.ingest.layout.mapping_text import stated_text, with_settings
from lucid_orchestration.insights.feedback import KEY, Said, said_in, with_said
from lucid_orchestration.insights.rules import reason_of
from lucid_orchestration.storage import write_text
from lucid_orchestration.yml import StatedError, parse_stated

RULES_KEY = "rules"


def say(folder: Path, insight_id: str, said: Said) -> None:
    """Keep what an owner says of one insight; a silent `said` takes it back.

    Raises:
        UnprocessableError: when the file that is there cannot be changed.
    """
    text = stated_text(folder / SHOP_FILE)
    content = _content(text)
    try:
        said_in(content)
    except ValidationError as error:
        raise UnprocessableError(f"{SHOP_FILE} cannot be changed: {reason_of(error)}") from error
    part = with_said(content, insight_id, said)
    _keep(folder, with_settings(text, {KEY: part}))


def set_limits(folder: Path, rule_id: str, limits: Mapping[str, int | float]) -> None:
    """Keep a shop's own limits of one rule; none takes them back to the usual ones.

    Whether the rule has such limits is for the caller to know.

    Raises:
        UnprocessableError: when the file that is there cannot be changed.
    """
    text = stated_text(folder / SHOP_FILE)
    old = _content(text).get(RULES_KEY)
    rules = {**(old if isinstance(old, dict) else {}), rule_id: dict(limits)}
    kept = {name: values for name, values in rules.items() if values}
    _keep(folder, with_settings(text, {RULES_KEY: kept}))


def set_knowledge(folder: Path, text: str) -> None:
    """Keep what an owner says of the shop: YAML with keys of `Knowledge`, in place of all before.

    Raises:
        UnprocessableError: for a value that means nothing, which keeps the whole from being kept;
            or when the file that is there cannot be changed.
    """
    try:
        new = parse_stated(text.encode())
    except StatedError as error:
        raise UnprocessableError(str(error), "text") from error
    new = {} if new is None else new
    if not isinstance(new, dict):
        raise UnprocessableError("It is no list of settings such as `lead_time_days: 10`.", "text")
    strangers = [key for key in new if key in (KEY, RULES_KEY)]
    problems = knowledge_in(new).problems
    if strangers or problems:
        said = problems or (f"{strangers[0]} is kept elsewhere",)
        raise UnprocessableError(f"{'. '.join(said)}.", "text")
    silent: dict[str, Any] = dict.fromkeys(Knowledge.model_fields)
    old = stated_text(folder / SHOP_FILE)
    _keep(folder, with_settings(old, {**silent, **new}))


def knowledge_text(folder: Path) -> str:
    """What a shop's lucid.yml says of the shop, as YAML; empty when it says nothing usable."""
    try:
        content = _content(stated_text(folder / SHOP_FILE))
    except UnprocessableError:
        return ""
    said = {key: content[key] for key in Knowledge.model_fields if key in content}
    return with_settings("", said)


def _content(text: str) -> dict[str, Any]:
    try:
        content = parse_stated(text.encode())
    except StatedError as error:
        raise UnprocessableError(f"{SHOP_FILE} cannot be changed: {error}") from error
    return content if isinstance(content, dict) else {}


def _keep(folder: Path, text: str) -> None:
    file = folder / SHOP_FILE
    if text:
        write_text(file, text)
    else:
        file.unlink(missing_ok=True)
