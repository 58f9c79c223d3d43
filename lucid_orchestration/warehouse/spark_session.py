"""The one Spark session of this process: made for a build, stopped behind it.

Its tables lie in the data folder until the build is published, in schemas and a folder that no
other run has: each build begins with nothing but the landed rows, so none can find what a killed
one left half-written, or still writes on a server that has not noticed.
"""

import re
import shutil
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any
from uuid import uuid4

import pyarrow as pa
from filelock import FileLock, Timeout

from lucid_orchestration.errors import BadRequestError, ProcessingFailedError, first_line
from lucid_orchestration.ingest.raw_tables import RAW_TABLES
from lucid_orchestration.settings import Settings, java, settings, spark_address
from lucid_orchestration.warehouse.database import LOCK_WAIT_SECONDS
from lucid_orchestration.warehouse.dbt_plugin import prepare
from lucid_orchestration.warehouse.gathering import require_together
from lucid_orchestration.warehouse.spark_connect import (
    connected,
    drop_schemas,
    in_words,
    is_connect,
    location,
    require_same_folder,
    shown_address,
)
from lucid_orchestration.warehouse.spark_functions import between_quotes, function_statements

LOGGING = Path(__file__).with_name("spark_log4j2.properties")
# What Hadoop takes in a path for a pattern, or for more than one path.
_NO_PATH = re.compile(r"[\[\]{}*?\\^,:]")
_TYPES = {
    pa.string(): "string",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.timestamp("us"): "timestamp",
}
# So many bytes of landed rows are one task's share; they are ten times as many in memory.
_BYTES_OF_A_TASK = 16 * 1024 * 1024
_FEWEST_TASKS = 2
_SCHEMAS = ("raw", "seeds", "staging", "intermediate", "quality", "marts")
# Whatever an installation says otherwise: a figure could be another one, or rows missing.
_ANSWERS = {
    # a number that is too large has to end the build, as it does on DuckDB
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    "spark.sql.caseSensitive": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.storeAssignmentPolicy": "ANSI",
}
_OLD_ANSWERS = "spark.sql.legacy."


@dataclass
class _Running:
    """The session of this process with the lock of its data folder; nothing between builds."""

    session: Any = None
    lock: FileLock | None = None
    # what the names of its schemas begin with
    run: str = ""
    guard: RLock = field(default_factory=RLock)


_RUNNING = _Running()


def spark_session() -> Any:
    """The session for the data folder in use, started by whoever asks first.

    Raises:
        BadRequestError: when the path of the data folder is none that Spark can read.
        ProcessingFailedError: when Java is missing, Spark does not start or answer, or another
            process builds in this data folder and does not end.
    """
    with _RUNNING.guard:
        if _RUNNING.session is None:
            paths, address = settings(), spark_address()
            require_together(paths)
            _require_plain_path(paths)
            if not is_connect(address):
                _require_java()
            _RUNNING.lock = _locked(paths)
            try:
                shutil.rmtree(paths.spark, ignore_errors=True)
                prepare(paths)
                _RUNNING.run = f"{schemas_of_folder(paths)}{uuid4().hex[:12]}"
                with _in_words(address):
                    _RUNNING.session = _started(paths, address)
                    _make_schemas(_RUNNING.session, paths)
            except BaseException:
                stop_session()
                raise
        return _RUNNING.session


def stop_session() -> None:
    """Stop the session if there is one, and delete its tables."""
    with _RUNNING.guard:
        if _RUNNING.session is not None:
            _drop_tables(_RUNNING.session)
            _RUNNING.session.stop()
            _RUNNING.session = None
        if _RUNNING.lock is not None:
            shutil.rmtree(settings().spark, ignore_errors=True)
            _RUNNING.lock.release()
            _RUNNING.lock = None
        _RUNNING.run = ""


def schema_of_run(schema: str) -> str:
    """What Spark calls a schema of the project in this run; the same without a session."""
    return f"{_RUNNING.run}_{schema}" if _RUNNING.run else schema


def tables_of_run(paths: Settings) -> Path:
    """Where the tables of this run lie, each as `<schema>.db/<table>`."""
    return paths.spark / _RUNNING.run


def row_counts(tables: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """How many rows Spark says tables have, named by schema and table."""
    query = " union all ".join(
        f"select '{schema}', '{table}', count(*) from {schema_of_run(schema)}.{table}"  # noqa: S608
        for schema, table in tables
    )
    return {(schema, table): count for schema, table, count in spark_session().sql(query).collect()}


def sql_config(paths: Settings) -> dict[str, str]:
    """What is asked of a session, wherever it runs."""
    size = sum(file.stat().st_size for file in paths.raw.rglob("*.parquet"))
    return {
        **_ANSWERS,
        "spark.sql.sources.default": "parquet",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.shuffle.partitions": str(max(_FEWEST_TASKS, size // _BYTES_OF_A_TASK)),
    }


def session_config(paths: Settings, master: str) -> dict[str, str]:
    """What is asked of a Spark of this process; what it says nothing of stands in the user's own
    spark-defaults.conf."""
    config = {
        **sql_config(paths),
        "spark.app.name": "lucid",
        "spark.master": master,
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(paths.spark),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={LOGGING.as_uri()}",
    }
    if master.startswith("local"):
        here = "127.0.0.1"
        config |= {"spark.driver.host": here, "spark.driver.bindAddress": here}
    return config


def _require_plain_path(paths: Settings) -> None:
    found = _NO_PATH.search(paths.data_dir.relative_to(paths.data_dir.anchor).as_posix())
    if found:
        raise BadRequestError(
            f"Spark cannot read a folder with {found.group()!r} in its path: {paths.data_dir}. "
            "Let LUCID_DATA_DIR name one without, or build with DuckDB."
        )


def _require_java() -> None:
    if java() is None:
        raise ProcessingFailedError(
            "Spark needs Java 17 or newer, and none is found: install it, or let JAVA_HOME say "
            "where it is."
        )


def _locked(paths: Settings) -> FileLock:
    paths.state.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.state / "spark.lock")
    try:
        lock.acquire(timeout=LOCK_WAIT_SECONDS)
    except Timeout as error:
        raise ProcessingFailedError(
            f"Another process is building in {paths.data_dir} with Spark. End it and run again."
        ) from error
    return lock


@contextmanager
def _in_words(address: str) -> Iterator[None]:
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        raise ProcessingFailedError(
            f"Spark at {shown_address(address)} cannot begin: {in_words(error)}"
        ) from error


def schemas_of_folder(paths: Settings) -> str:
    """What the schemas of all runs of a data folder begin with."""
    return f"lucid_{sha256(str(paths.data_dir).encode()).hexdigest()[:12]}_"


def _started(paths: Settings, address: str) -> Any:
    from pyspark.logger import PySparkLogger

    # it writes each error to the terminal before anybody could say it in words
    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True
    if is_connect(address):
        session = connected(address)
        with warnings.catch_warnings():
            # an old switch is not for use; what is asked is that nobody has turned it on
            warnings.simplefilter("ignore", UserWarning)
            for name, value in sql_config(paths).items():
                session.conf.set(name, value)
        # what killed runs left; nobody else builds in this folder now
        drop_schemas(session, schemas_of_folder(paths))
    else:
        session = _own_session(session_config(paths, address))
    for name, *_ in session.sql("set").collect():
        if name.startswith(_OLD_ANSWERS) and session.conf.isModifiable(name):
            session.conf.unset(name)
    return session


def _own_session(config: dict[str, str]) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    for name, value in config.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:  # whatever Java says
        raise ProcessingFailedError(
            f"Spark did not start at {config['spark.master']} ({first_line(error)})."
        ) from error


def _make_schemas(session: Any, paths: Settings) -> None:
    """The text functions, the schemas, and the landed rows as tables of the columns they have."""
    for statement in function_statements():
        session.sql(statement)
    for schema in _SCHEMAS:
        folder = tables_of_run(paths) / f"{schema}.db"
        session.sql(f"create schema {schema_of_run(schema)} {_location(folder)}")
    if is_connect(spark_address()):
        require_same_folder(session, paths, tables_of_run(paths))
    for name, columns in RAW_TABLES.items():
        declared = ", ".join(f"`{column.name}` {_TYPES[column.type]}" for column in columns)
        session.sql(
            f"create table {schema_of_run('raw')}.{name} ({declared}) using parquet "
            f"options (pathGlobFilter '*.parquet') {_location(paths.raw / name)}"
        )


def _location(folder: Path) -> str:
    return f"location '{between_quotes(location(folder))}'"


def _drop_tables(session: Any) -> None:
    """Drop the run's schemas; a server that cannot be asked any more is asked by the next run."""
    from pyspark.errors import PySparkException

    if is_connect(spark_address()):
        with suppress(PySparkException):
            drop_schemas(session, _RUNNING.run)
