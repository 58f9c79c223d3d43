"""A session of a Spark Connect server: Spark and its Java run there, and a thin client here."""

import socket
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lucid_orchestration.errors import BadRequestError, ProcessingFailedError, first_line
from lucid_orchestration.settings import Settings

_SCHEME = "sc://"
_PORT = 15002
_ANSWERS_IN_SECONDS = 10
# A server that is away for longer, a minute in all, has lost the session with its tables.
_TRIES = 6


def is_connect(address: str) -> bool:
    """Whether what LUCID_SPARK names is a Spark Connect server."""
    return address.startswith(_SCHEME)


def shown_address(address: str) -> str:
    """An address without what may stand behind it, such as a token."""
    return address.partition(";")[0].rstrip("/")


def location(folder: Path) -> str:
    """A folder as Spark names it, whatever file system is its own."""
    path = folder.as_posix()
    return f"file:{path}" if path.startswith("/") else f"file:/{path}"


def connected(address: str) -> Any:
    """A session of its own on the server at `address`, sc://….

    Raises:
        BadRequestError: when the address is none.
        ProcessingFailedError: when nobody answers there, or another version of Spark.
    """
    _require_listener(address)
    try:
        with warnings.catch_warnings():
            # of pandas, through which nothing goes here
            warnings.simplefilter("ignore", FutureWarning)
            from pyspark.sql.connect.client.retries import DefaultPolicy
            from pyspark.sql.connect.session import SparkSession
    except ImportError as error:
        raise ProcessingFailedError(
            f"Spark Connect needs more packages ({first_line(error)}): "
            "pip install 'lucid-shop[spark]'"
        ) from error
    from pyspark.errors import PySparkException
    from pyspark.version import __version__

    try:
        session = SparkSession.builder.remote(address).create()
        session.client.set_retry_policies([DefaultPolicy(max_retries=_TRIES)])
        version = str(session.version)
    except PySparkException as error:
        raise ProcessingFailedError(
            f"No Spark Connect server answers at {shown_address(address)} ({in_words(error)})."
        ) from error
    if _release(version) != _release(__version__):
        session.stop()
        raise ProcessingFailedError(
            f"The server at {shown_address(address)} is of Spark {version}, and Lucid's own "
            f"part of {__version__}: they have to be of one release."
        )
    return session


def server_version(address: str) -> str:
    """The version of Spark at `address`.

    Raises:
        LucidError: as `connected` does.
    """
    session = connected(address)
    version = str(session.version)
    session.stop()
    return version


def drop_schemas(session: Any, beginning: str) -> None:
    """Drop the schemas of the server whose names begin so, with their tables."""
    for row in session.sql(f"show schemas like '{beginning}*'").collect():
        session.sql(f"drop schema if exists `{row[0]}` cascade")


def require_same_folder(session: Any, paths: Settings, written: Path) -> None:
    """Refuse a server that does not see the landed rows, each file of them, where they lie here.

    `written` is a folder of the data folder that the server has made.

    Raises:
        ProcessingFailedError: when it does not, or that is not seen here: its answers would be of
            other rows.
    """
    from pyspark.errors import PySparkException

    # a name that begins so is no table's for Spark, nor is the empty file that has it
    here = {
        f"{file.parent.name}/{file.name}": file.stat().st_size
        for file in paths.raw.rglob("*.parquet")
        if not file.name.startswith("_")
    }
    listing = (
        session.read.format("binaryFile")
        .option("recursiveFileLookup", "true")
        .option("pathGlobFilter", "*.parquet")
        .load(location(paths.raw))
        .select("path", "length")
    )
    try:
        there = {"/".join(row[0].rsplit("/", 2)[1:]): row[1] for row in listing.collect()}
    except PySparkException:
        there = {}
    if there != here or not written.is_dir():
        raise ProcessingFailedError(
            f"The Spark server does not see the data folder as it is here: it needs "
            f"{paths.data_dir} at the same path. Run again when it has."
        )


def in_words(error: Exception) -> str:
    """What Spark says went wrong, without the plan and the calls it adds."""
    return str(error).partition("\n\nJVM stacktrace")[0].partition(";\n")[0]


def _require_listener(address: str) -> None:
    """Raise at once where the client would try for ten minutes."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or _PORT
    except ValueError:
        host = None
    if not host:
        raise BadRequestError(
            f"LUCID_SPARK has to name a server, such as sc://10.0.0.5:{_PORT}, not {address!r}."
        )
    try:
        socket.create_connection((host, port), _ANSWERS_IN_SECONDS).close()
    except OSError as error:
        raise ProcessingFailedError(
            f"No Spark Connect server answers at {shown_address(address)} ({error})."
        ) from error


def _release(version: str) -> list[str]:
    """4.3 of 4.3.1."""
    return version.split(".")[:2]
