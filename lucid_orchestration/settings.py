"""Where Lucid keeps things. The only reader of the environment."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from platformdirs import user_data_path

from lucid_orchestration.errors import BadRequestError
from lucid_orchestration.yml import read_yml

PACKAGE_DIR = Path(__file__).resolve().parent
_PACKED = PACKAGE_DIR / "project"
# Models, macros, seeds and settings as they are shipped: in the package, or around it in a clone.
PROJECT_DIR = _PACKED if _PACKED.is_dir() else PACKAGE_DIR.parent
PROJECT_FILE = "dbt_project.yml"
# In a home where `lucid init` wrote a project: the files as they were shipped.
SHIPPED = Path(".lucid", "shipped.zip")
# Set for dbt alone, see insights_follow
INSIGHTS_FOLLOW = "LUCID_INSIGHTS_FOLLOW"
# In the folder of a shop that is run alone: which shop that is.
SHOP_MARK = "shop.json"


@dataclass(frozen=True)
class Settings:
    """Absolute paths of one data folder, and what the environment says.

    `dataset` is set in the folder of a shop that is run alone, `shops/<shop>` of another one: its
    inbox and rules are that one's, all that is computed is its own.
    """

    data_dir: Path
    dataset: str | None = field(default=None, kw_only=True)

    @property
    def shared(self) -> "Settings":
        """The data folder of all shops: the one around that of a shop, else this one."""
        return self if self.dataset is None else Settings(self.data_dir.parents[1])

    @property
    def shops(self) -> Path:
        """The folders of the shops that are run alone."""
        return self.data_dir / "shops"

    @property
    def inbox(self) -> Path:
        """The owner's files, one folder per dataset."""
        return self.shared.data_dir / "inbox"

    @property
    def rules(self) -> Path:
        """The owner's own rule files, beside the ones that come with Lucid."""
        return self.shared.data_dir / "rules"

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
    def builds(self) -> Path:
        """The tables of the newest builds, a folder each that is never written to again."""
        return self.data_dir / "builds"

    @property
    def builds_file(self) -> Path:
        """Which of the builds is the current one; moved there after its last file."""
        return self.data_dir / "builds.json"

    @property
    def reports(self) -> Path:
        """One HTML page per dataset."""
        return self.data_dir / "reports"

    @property
    def logs(self) -> Path:
        """What runs did, as lines of JSON."""
        return self.data_dir / "logs"

    @property
    def trash(self) -> Path:
        """Files of removed datasets."""
        return self.shared.data_dir / "trash"

    @property
    def state(self) -> Path:
        """Run history, fingerprints, locks: the only place with wall-clock times."""
        return self.data_dir / "state"

    @property
    def ai_outbox(self) -> Path:
        """Every request to an AI provider, one file of JSON lines per day, for all shops."""
        return self.shared.state / "ai_outbox"

    @property
    def ai_cache(self) -> Path:
        """Answers that were accepted, one file each; deleting them costs new calls."""
        return self.shared.state / "ai_cache"

    @property
    def spark(self) -> Path:
        """Spark's own tables, while it builds."""
        return self.data_dir / "spark"

    @property
    def database(self) -> Path:
        """The only database; one writer at a time."""
        return self.data_dir / "lucid.duckdb"


@cache
def settings() -> Settings:
    """The settings of this process; `settings.cache_clear()` forgets them."""
    told = os.environ.get("LUCID_DATA_DIR")
    folder = Path(told).resolve() if told else data_folder(home())
    return Settings(folder, dataset=marked_shop(folder))


def shop_folders(paths: Settings) -> tuple[Settings, ...]:
    """The shops that are run alone, by their ids; none in the folder of one of them."""
    marks = paths.shops.glob(f"*/{SHOP_MARK}")
    found = (Settings(mark.parent, dataset=marked_shop(mark.parent)) for mark in marks)
    return tuple(sorted(found, key=lambda shop: shop.dataset or ""))


def own_settings(paths: Settings, dataset: str) -> Settings:
    """The folder that holds what is computed of a shop: its own, or the one of all shops."""
    own = {shop.dataset: shop for shop in shop_folders(paths)}
    return own.get(dataset, paths)


def marked_shop(folder: Path) -> str | None:
    """The shop whose folder this is, by the mark in it; None for the folder of all shops."""
    try:
        content: Any = json.loads((folder / SHOP_MARK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return str(content["dataset_id"])


@cache
def home() -> Path:
    """The folder that data and an edited project live in; `home.cache_clear()` forgets it.

    LUCID_HOME, or the current folder when `lucid init` wrote a project there, or the clone this
    runs from. Where Lucid is installed: the current folder when it has an inbox, else the place
    where this system keeps data of programs.
    """
    told = os.environ.get("LUCID_HOME")
    if told:
        return Path(told).expanduser().resolve()
    here = Path.cwd().resolve()
    if (here / SHIPPED).is_file():
        return here
    if PROJECT_DIR != _PACKED:
        return PROJECT_DIR
    if (data_folder(here) / "inbox").is_dir():
        return here
    return user_data_path("lucid", appauthor=False)


def data_folder(folder: Path) -> Path:
    """Where a home keeps its data: in `data`, unless the inbox lies in the home itself."""
    return folder if (folder / "inbox").is_dir() else folder / "data"


@cache
def project_dir() -> Path:
    """The dbt project in use: the one `lucid init` wrote into the home, else the one shipped."""
    return home() if (home() / SHIPPED).is_file() else PROJECT_DIR


def is_edited_project() -> bool:
    """Whether the project in use is one that `lucid init` wrote, and not the one shipped."""
    return project_dir() != PROJECT_DIR


def use_project(folder: Path) -> None:
    """Let this process and its children use the project in a folder: dbt was started there."""
    if folder.resolve() != project_dir() and not os.environ.get("LUCID_HOME"):
        os.environ["LUCID_HOME"] = str(folder.resolve())
        for known in (home, project_dir, settings, project_vars):
            known.cache_clear()


def project_file() -> Path:
    """The file with all thresholds, of the project in use."""
    return project_dir() / PROJECT_FILE


def insights_follow() -> bool:
    """Whether dbt was started by a run that looks for insights next, and publishes with them."""
    return os.environ.get(INSIGHTS_FOLLOW) == "true"


@cache
def project_vars() -> Mapping[str, Any]:
    """The `vars` of dbt_project.yml: every threshold, and what no file of a shop says.

    SQL and Python read the same value; `project_vars.cache_clear()` forgets it.
    """
    content = read_yml(project_file())
    return MappingProxyType(content["vars"])


def model_names(layer: str) -> tuple[str, ...]:
    """Names of the models in a layer of the project: the folder, with those in it, is the list."""
    return tuple(sorted(path.stem for path in (project_dir() / "models" / layer).rglob("*.sql")))


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


def desk_password() -> str | None:
    """The password that LUCID_DESK_PASSWORD sets; None without one."""
    return os.environ.get("LUCID_DESK_PASSWORD") or None


def backup_password() -> str | None:
    """The password that LUCID_BACKUP_PASSWORD sets; None without one."""
    return os.environ.get("LUCID_BACKUP_PASSWORD") or None


Target = Literal["duckdb", "spark"]


def target() -> Target:
    """The engine that LUCID_TARGET names; DuckDB without.

    Raises:
        BadRequestError: for one there is not.
    """
    name = os.environ.get("LUCID_TARGET") or "duckdb"
    if name not in get_args(Target):
        raise BadRequestError(f"LUCID_TARGET has to be duckdb or spark, not {name!r}.")
    return name  # type: ignore[return-value]  # checked above


def spark_address() -> str:
    """Where Spark is: what LUCID_SPARK names, such as spark://10.0.0.5:7077, else all cores here.

    Raises:
        BadRequestError: when it begins otherwise.
    """
    address = os.environ.get("LUCID_SPARK") or "local[*]"
    if not address.startswith(("spark://", "sc://", "local")):
        raise BadRequestError(
            f"LUCID_SPARK has to begin with spark://, sc:// or local, such as "
            f"spark://10.0.0.5:7077, not {address!r}."
        )
    return address


def java() -> str | None:
    """The Java that Spark would run on: of JAVA_HOME, else of the PATH; None when there is none."""
    told = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(told, "bin")) if told else None)


def broker() -> str:
    """The address of the broker that LUCID_BROKER names, such as redis://10.0.0.5:6379/0.

    Raises:
        BadRequestError: when nothing is said.
    """
    address = os.environ.get("LUCID_BROKER")
    if not address:
        raise BadRequestError(
            "LUCID_BROKER has to be the address of the broker, such as redis://10.0.0.5:6379/0."
        )
    return address


def _whole_number(variable: str, usual: int) -> int:
    value = os.environ.get(variable) or str(usual)
    if not (value.isascii() and value.isdigit() and len(value) < 7):
        raise BadRequestError(f"{variable} has to be a whole number, not {value!r}.")
    return int(value)
