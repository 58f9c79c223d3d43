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
from lucid_orchestration.errors import ProcessingFailedError, sentence
from lucid_orchestration.ingest import currency_marks
from lucid_orchestration.ingest.raw_tables import write_empty_tables
from lucid_orchestration.insights.tables import TABLES, write_missing_tables
from lucid_orchestration.settings import Settings, project_dir, settings, use_project
from lucid_orchestration.storage import move_file, sql_literal
from lucid_orchestration.warehouse.database import connection_config
from lucid_orchestration.warehouse.gathering import require_together
from lucid_orchestration.warehouse.memory import limit_memory
from lucid_orchestration.warehouse.publishing import publish_build
from lucid_orchestration.yml import read_yml

FUNCTIONS = Path(__file__).with_name("functions.sql")
CALENDAR_WORDS = Path(__file__).with_name("calendar_words.yml")


class Plugin(BasePlugin):
    """Creates the data folders and empty tables, and the text functions the macros call."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Called before dbt opens the database; the shipped profile says where its project lies."""
        if "project" in plugin_config:
            use_project(Path(plugin_config["project"]))
        prepare(settings())

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Called right before: dbt would read a `#` or `?` in the path as the end of it."""
        require_together(settings())
        database = settings().database
        creds.path = str(database)
        config.update(connection_config(database))

    def store(self, target_config: Any) -> None:
        """Called for a table whose file is written, and by `publish_build`: dbt is about to end.

        Raises:
            ProcessingFailedError: when the file cannot be put in its place.
        """
        if not target_config.location.path:
            publish_build(settings())
            return
        path = Path(target_config.location.path)
        try:
            move_file(path.with_name(f"tmp_{path.name}"), path)
        except OSError as error:
            raise ProcessingFailedError(sentence(error)) from error

    def configure_connection(self, conn: Any) -> None:
        """Called once, when the database is opened."""
        limit_memory(conn)
        conn.execute(functions_sql())

    def configure_cursor(self, cursor: Any) -> None:
        """Called for every node: variables belong to one cursor alone."""
        variables = {
            "lucid_data_dir": settings().data_dir.as_posix(),
            "lucid_project_dir": project_dir().as_posix(),
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
    codes = calendar_codes()
    # one text each: a list of a thousand is planned a thousand times as long
    names, values = (
        f"string_split({sql_literal('|'.join(texts))}, '|')" for texts in (codes, codes.values())
    )
    return (
        f"create or replace macro calendar_code(word) as map({names}, {values})[word];\n"
        f"create or replace macro currency_marks() as {sql_literal(currency_marks.PATTERN)};\n"
        f"{FUNCTIONS.read_text(encoding='utf-8')}"
    )


def calendar_codes() -> dict[str, str]:
    """The words of dates without marks, each with its code: m1 to m12, or ~ for a filler."""
    words = read_yml(CALENDAR_WORDS)
    codes = {
        without_marks(word): f"m{month}"
        for month, names in words["months"].items()
        for word in names
    }
    return codes | {without_marks(word): "~" for word in words["fillers"]}


def without_marks(word: str) -> str:
    """A word without marks, as DuckDB's strip_accents leaves it."""
    letters = unicodedata.normalize("NFD", word)
    kept = (letter for letter in letters if not unicodedata.category(letter).startswith("M"))
    return unicodedata.normalize("NFC", "".join(kept))


@cache
def shared_code_digest() -> str:
    """Hash of what all models depend on: macros, vars, the functions above and the engine."""
    code = digests.code_digest(
        project_dir() / "macros",
        project_dir() / "dbt_project.yml",
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
