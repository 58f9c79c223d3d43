"""The one Spark session of this process: made for a build, stopped behind it.

Its catalogue is in memory and its tables lie in the data folder until the build is published: each
build begins with nothing but the landed rows, so none can find what a killed one left half-written.
"""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any

import pyarrow as pa
from filelock import FileLock, Timeout

from lucid_orchestration.errors import BadRequestError, ProcessingFailedError, first_line
from lucid_orchestration.ingest.raw_tables import RAW_TABLES
from lucid_orchestration.settings import Settings, java, settings, spark_master
from lucid_orchestration.warehouse.database import LOCK_WAIT_SECONDS
from lucid_orchestration.warehouse.dbt_plugin import prepare
from lucid_orchestration.warehouse.gathering import require_together
from lucid_orchestration.warehouse.spark_functions import function_statements

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


@dataclass
class _Running:
    """The session of this process with the lock of its data folder; nothing between builds."""

    session: Any = None
    lock: FileLock | None = None
    guard: RLock = field(default_factory=RLock)


_RUNNING = _Running()


def spark_session() -> Any:
    """The session for the data folder in use, started by whoever asks first.

    Raises:
        BadRequestError: when the path of the data folder is none that Spark can read.
        ProcessingFailedError: when Java is missing, Spark does not start, or another process builds
            in this data folder and does not end.
    """
    with _RUNNING.guard:
        if _RUNNING.session is None:
            paths = settings()
            require_together(paths)
            _require_plain_path(paths)
            _require_java()
            _RUNNING.lock = _locked(paths)
            try:
                shutil.rmtree(paths.spark, ignore_errors=True)
                prepare(paths)
                _RUNNING.session = _started(paths)
                _make_schemas(_RUNNING.session, paths)
            except BaseException:
                stop_session()
                raise
        return _RUNNING.session


def stop_session() -> None:
    """Stop the session if there is one, and delete its tables."""
    with _RUNNING.guard:
        if _RUNNING.session is not None:
            _RUNNING.session.stop()
            _RUNNING.session = None
        if _RUNNING.lock is not None:
            shutil.rmtree(settings().spark, ignore_errors=True)
            _RUNNING.lock.release()
            _RUNNING.lock = None


def session_config(paths: Settings, master: str) -> dict[str, str]:
    """What is asked of Spark; what it says nothing of stands in the user's spark-defaults.conf."""
    size = sum(file.stat().st_size for file in paths.raw.rglob("*.parquet"))
    config = {
        "spark.app.name": "lucid",
        "spark.master": master,
        # a number that is too large has to end the build, as it does on DuckDB
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(paths.spark),
        "spark.sql.sources.default": "parquet",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.shuffle.partitions": str(max(_FEWEST_TASKS, size // _BYTES_OF_A_TASK)),
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


def _started(paths: Settings) -> Any:
    from pyspark.logger import PySparkLogger
    from pyspark.sql import SparkSession

    # it writes each error to the terminal before anybody could say it in words
    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True
    builder = SparkSession.builder
    master = spark_master()
    for name, value in session_config(paths, master).items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:  # whatever Java says
        raise ProcessingFailedError(
            f"Spark did not start at {master} ({first_line(error)})."
        ) from error


def _make_schemas(session: Any, paths: Settings) -> None:
    """The text functions, and the landed rows as tables of the columns they may have."""
    from pyspark.sql.types import StructType

    for statement in function_statements():
        session.sql(statement)
    session.sql("create schema raw")
    for name, columns in RAW_TABLES.items():
        declared = ", ".join(f"`{column.name}` {_TYPES[column.type]}" for column in columns)
        session.catalog.createTable(
            f"raw.{name}",
            path=str(paths.raw / name),
            source="parquet",
            schema=StructType.fromDDL(declared),
            pathGlobFilter="*.parquet",
        )
