"""Where Lucid keeps things. The only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from lucid_orchestration.errors import BadRequestError
from lucid_orchestration.yml import read_yml

PROJECT_DIR = Path(__file__).resolve().parents[1]
PROJECT_FILE = PROJECT_DIR / "dbt_project.yml"


@dataclass(frozen=True)
class Settings:
    """Absolute paths of one data folder, and what the environment says."""

    data_dir: Path

    @property
    def inbox(self) -> Path:
        """The owner's files, one folder per dataset."""
        return self.data_dir / "inbox"

    @property
    def raw(self) -> Path:
        """Landed rows as text, one Parquet file per source file and table."""
        return self.data_dir / "raw"

    @property
    def marts(self) -> Path:
        """The answers, one Parquet file per mart."""
        return self.data_dir / "marts"

    @property
    def quality(self) -> Path:
        """What was not used and why, one Parquet file per table."""
        return self.data_dir / "quality"

    @property
    def insights(self) -> Path:
        """Insights and their explanations, as Parquet."""
        return self.data_dir / "insights"

    @property
    def reports(self) -> Path:
        """One HTML page per dataset."""
        return self.data_dir / "reports"

    @property
    def trash(self) -> Path:
        """Files of removed datasets."""
        return self.data_dir / "trash"

    @property
    def state(self) -> Path:
        """Run history, fingerprints, locks: the only place with wall-clock times."""
        return self.data_dir / "state"

    @property
    def ai_outbox(self) -> Path:
        """Every request to an AI provider, one file of JSON lines per day."""
        return self.state / "ai_outbox"

    @property
    def ai_cache(self) -> Path:
        """Answers that were accepted, one file each; deleting them costs new calls."""
        return self.state / "ai_cache"

    @property
    def database(self) -> Path:
        """The only database; one writer at a time."""
        return self.data_dir / "lucid.duckdb"


@cache
def settings() -> Settings:
    """The settings of this process; `settings.cache_clear()` forgets them."""
    folder = os.environ.get("LUCID_DATA_DIR") or PROJECT_DIR / "data"
    return Settings(data_dir=Path(folder).resolve())


@cache
def project_vars() -> Mapping[str, Any]:
    """The `vars` of dbt_project.yml: every threshold, and what no file of a shop says.

    SQL and Python read the same value; `project_vars.cache_clear()` forgets it.
    """
    content = read_yml(PROJECT_FILE)
    return MappingProxyType(content["vars"])


def model_names(layer: str) -> tuple[str, ...]:
    """Names of the models in a layer of the project: the folder, with those in it, is the list."""
    return tuple(sorted(path.stem for path in (PROJECT_DIR / "models" / layer).rglob("*.sql")))


def mart_names() -> tuple[str, ...]:
    """Names of the marts: what `models/marts` holds, no list beside it."""
    return model_names("marts")


ProviderName = Literal["none", "openai", "anthropic", "demo"]
Api = Literal["chat", "responses"]
_DEFAULT_MODELS = {"openai": "gpt-5.4-mini", "anthropic": "claude-haiku-4-5"}
_DEFAULT_URLS = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
_KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}


@dataclass(frozen=True)
class AiSettings:
    """Who words the explanations, and the limits; times in seconds, counts per dataset or day."""

    provider: ProviderName = "none"
    model: str = ""
    base_url: str = ""
    api: Api = "responses"
    key: str = field(default="", repr=False)
    send_names: bool = False
    language: str = "en"
    max_insights: int = 10
    daily_calls: int = 200
    timeout: float = 20.0
    total_time: float = 60.0


def ai_settings(provider: str | None = None) -> AiSettings:
    """What the environment says about AI now; `provider` goes before LUCID_AI_PROVIDER.

    Raises:
        BadRequestError: for a value that means nothing, naming the variable.
    """
    name = provider or os.environ.get("LUCID_AI_PROVIDER") or "none"
    # a demonstration is asked for by hand; its texts are not for the report
    names = get_args(ProviderName) if provider else get_args(ProviderName)[:3]
    if name not in names:
        known = ", ".join(names)
        raise BadRequestError(f"AI provider {name!r} is not known. Choose one of: {known}.")
    base_url = os.environ.get("LUCID_AI_BASE_URL") or ""
    if base_url and not base_url.startswith(("http://", "https://")):
        raise BadRequestError("LUCID_AI_BASE_URL has to begin with http:// or https://.")
    # a compatible server rarely knows more than chat
    api = os.environ.get("LUCID_AI_API") or ("chat" if base_url else "responses")
    if api not in get_args(Api):
        raise BadRequestError(f"LUCID_AI_API {api!r} is not known. Choose chat or responses.")
    send_names = os.environ.get("LUCID_AI_SEND_NAMES") or "false"
    if send_names.lower() not in {"true", "false"}:
        raise BadRequestError("LUCID_AI_SEND_NAMES has to be true or false.")
    return AiSettings(
        provider=name,  # type: ignore[arg-type]  # checked above
        model=os.environ.get("LUCID_AI_MODEL") or _DEFAULT_MODELS.get(name, ""),
        base_url=(base_url or _DEFAULT_URLS.get(name, "")).rstrip("/"),
        api=api,  # type: ignore[arg-type]  # checked above
        key=os.environ.get(_KEYS.get(name, ""), ""),
        send_names=send_names.lower() == "true",
        max_insights=_whole_number("LUCID_AI_MAX_INSIGHTS", AiSettings.max_insights),
        daily_calls=_whole_number("LUCID_AI_DAILY_CALLS", AiSettings.daily_calls),
        timeout=float(_whole_number("LUCID_AI_TIMEOUT", int(AiSettings.timeout))),
        total_time=float(_whole_number("LUCID_AI_TOTAL_TIME", int(AiSettings.total_time))),
    )


def _whole_number(variable: str, usual: int) -> int:
    value = os.environ.get(variable) or str(usual)
    if not (value.isascii() and value.isdigit() and len(value) < 7):
        raise BadRequestError(f"{variable} has to be a whole number, not {value!r}.")
    return int(value)
