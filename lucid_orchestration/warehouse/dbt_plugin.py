"""What every dbt connection needs before the first statement; named in profiles.yml.

dbt-duckdb creates neither the folder of its database nor the folders a model is written to, and a
view over an empty folder has no columns: a shop that has delivered nothing yet needs all three.
"""

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from lucid_orchestration import digests
from lucid_orchestration.ingest import currency_marks
from lucid_orchestration.ingest.raw_tables import write_empty_tables
from lucid_orchestration.insights.tables import TABLES, write_missing_tables
from lucid_orchestration.settings import PROJECT_DIR, Settings, settings
from lucid_orchestration.storage import sql_literal
from lucid_orchestration.warehouse.database import connection_config
from lucid_orchestration.yml import read_yml

FUNCTIONS = Path(__file__).with_name("functions.sql")
CALENDAR_WORDS = Path(__file__).with_name("calendar_words.yml")


class Plugin(BasePlugin):
    """Creates the data folders and empty tables, and the text functions the macros call."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Called before dbt opens the database."""
        prepare(settings())

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Called right before: dbt would read a `#` or `?` in the path as the end of it."""
        database = settings().database
        creds.path = str(database)
        config.update(connection_config(database))

    def configure_connection(self, conn: Any) -> None:
        """Called once, when the database is opened."""
        conn.execute(functions_sql())

    def configure_cursor(self, cursor: Any) -> None:
        """Called for every node: variables belong to one cursor alone."""
        variables = {
            "lucid_data_dir": settings().data_dir.as_posix(),
            "lucid_project_dir": PROJECT_DIR.as_posix(),
            "lucid_code_digest": shared_code_digest(),
            "lucid_insight_tables": ",".join(TABLES),
        }
        cursor.execute(
            "; ".join(
                f"set variable {name} = {sql_literal(value)}" for name, value in variables.items()
            )
        )


@cache
def functions_sql() -> str:
    """The statements that create all functions, the one that knows words of the calendar first.

    It gives a month as m1 to m12, a word that says nothing as ~, and null for all others. The
    pattern of currency marks is the one the readers look for.
    """
    words = read_yml(CALENDAR_WORDS)
    codes = {_bare(word): f"m{month}" for month, names in words["months"].items() for word in names}
    codes |= {_bare(word): "~" for word in words["fillers"]}
    names = ", ".join(sql_literal(word) for word in codes)
    values = ", ".join(sql_literal(code) for code in codes.values())
    return (
        f"create or replace macro calendar_code(word) as map([{names}], [{values}])[word];\n"
        f"create or replace macro currency_marks() as {sql_literal(currency_marks.PATTERN)};\n"
        f"{FUNCTIONS.read_text(encoding='utf-8')}"
    )


def _bare(word: str) -> str:
    """A word without marks, as DuckDB's strip_accents leaves it."""
    letters = unicodedata.normalize("NFD", word)
    kept = (letter for letter in letters if not unicodedata.category(letter).startswith("M"))
    return unicodedata.normalize("NFC", "".join(kept))


@cache
def shared_code_digest() -> str:
    """Hash of what all models depend on: macros, vars, the functions above and the engine."""
    code = digests.code_digest(
        PROJECT_DIR / "macros",
        PROJECT_DIR / "dbt_project.yml",
        FUNCTIONS,
        CALENDAR_WORDS,
        Path(currency_marks.__file__),
        Path(__file__),
    )
    return digests.combined_digest({"code": code, **digests.versions("duckdb", "dbt-duckdb")})


def prepare(paths: Settings) -> None:
    """Create what a build expects to exist: folders, empty raw tables, empty insight tables."""
    folders: list[Path] = [paths.raw, paths.marts, paths.quality, paths.insights, paths.state]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    write_empty_tables(paths.raw)
    write_missing_tables(paths.insights)
