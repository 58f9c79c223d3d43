"""dbt on the Spark session of this process: dbt-spark with what it lacks.

dbt-spark's own connection turns off that a number which is too large is an error, and nothing in a
profile can turn it on again; here the session is ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt.adapters.base.meta import available
from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.contracts.relation import ComponentName
from dbt.adapters.spark.connections import (
    SparkConnectionManager,
    SparkConnectionMethod,
    SparkCredentials,
)
from dbt.adapters.spark.impl import SparkAdapter
from dbt.adapters.spark.relation import SparkRelation
from dbt.adapters.spark.session import Cursor, SessionConnectionWrapper
from dbt_common.exceptions import DbtDatabaseError, DbtRuntimeError
from pyspark.errors import PySparkException

from lucid_orchestration.errors import LucidError
from lucid_orchestration.settings import settings, use_project
from lucid_orchestration.warehouse.spark_connect import in_words
from lucid_orchestration.warehouse.spark_session import (
    row_counts,
    schema_of_run,
    spark_session,
    stop_session,
    tables_of_run,
)
from lucid_orchestration.warehouse.spark_tables import publish_tables, published_tables

TYPE = "lucidspark"


@dataclass
class LucidSparkCredentials(SparkCredentials):  # type: ignore[misc]
    """What the profile says: `project` is where it lies; where Spark is says LUCID_SPARK."""

    host: str | None = "session"
    method: Any = SparkConnectionMethod.SESSION
    project: str | None = None

    @property
    def type(self) -> str:
        """The name of the adapter."""
        return TYPE


class SessionCursor(Cursor):  # type: ignore[misc]
    """One statement after the other, each in the session as it is."""

    def execute(self, sql: str, *parameters: Any) -> None:
        """Run a statement; parameters are texts to be put into it."""
        self._rows = None
        with _in_words():
            self._df = spark_session().sql(sql % parameters if parameters else sql)

    def fetchall(self) -> Any:
        """All rows of the answer."""
        with _in_words():
            return super().fetchall()


@contextmanager
def _in_words() -> Iterator[None]:
    """What Spark says went wrong as an error of dbt's."""
    try:
        yield
    except PySparkException as error:
        raise DbtDatabaseError(in_words(error)) from error


class SessionHandle:
    """What gives cursors."""

    def cursor(self) -> SessionCursor:
        """A cursor of its own."""
        return SessionCursor()


class SessionConnection(SessionConnectionWrapper):  # type: ignore[misc]
    """A connection dbt can end: what runs is stopped when the person at the keyboard says so."""

    def cancel(self) -> None:
        """Stop all that runs in the session."""
        spark_session().interruptAll()


class LucidSparkConnectionManager(SparkConnectionManager):  # type: ignore[misc]
    """Connections to the one session."""

    TYPE = TYPE

    @classmethod
    def open(cls, connection: Connection) -> Connection:
        """Start the session if nobody did yet."""
        if connection.state == ConnectionState.OPEN:
            return connection
        if connection.credentials.project:
            use_project(Path(connection.credentials.project))
        try:
            spark_session()
        except LucidError as error:
            raise DbtRuntimeError(str(error)) from error
        connection.handle = SessionConnection(SessionHandle())
        connection.state = ConnectionState.OPEN
        return connection

    def cleanup_all(self) -> None:
        """End the session as well: dbt is done, and nobody else may end it for dbt by hand."""
        super().cleanup_all()
        stop_session()


@dataclass(frozen=True, eq=False, repr=False)
class LucidSparkRelation(SparkRelation):  # type: ignore[misc]
    """A table by the name it has in this run: a server may be everybody's."""

    def _render_iterator(self) -> Iterator[tuple[ComponentName | None, str | None]]:
        for component, name in super()._render_iterator():
            is_schema = component == ComponentName.Schema and name
            yield component, schema_of_run(name) if is_schema else name


class LucidSparkAdapter(SparkAdapter):  # type: ignore[misc]
    """dbt-spark's adapter, which also publishes what was built."""

    ConnectionManager = LucidSparkConnectionManager
    Relation = LucidSparkRelation

    def list_relations_without_caching(self, schema_relation: Any) -> list[Any]:
        """None: the schemas of a run are empty when it begins."""
        return []

    @available
    def publish_tables(self) -> None:
        """Write the tables that readers get, for `publish_build`: dbt is about to end."""
        paths = settings()
        with _in_words():
            counts = row_counts(published_tables(paths))
        try:
            publish_tables(paths, tables_of_run(paths), counts)
        except LucidError as error:
            raise DbtRuntimeError(str(error)) from error
