"""The dbt project as dbt reads it, kept so that it is read again only where a file changed."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucid_orchestration.digests import code_files, combined_digest, file_digest, versions
from lucid_orchestration.settings import INSIGHTS_FOLLOW, Settings, project_dir, settings, target
from lucid_orchestration.storage import write_bytes, write_text

# What dbt reads of the project.
_PROJECT = ("models", "macros", "seeds", "tests/data", "dbt_project.yml", "profiles.yml")


@dataclass
class _Loaded:
    """What a process that runs more than once keeps of dbt: the project as it was last read."""

    stays: bool = False
    digest: str = ""
    manifest: Any = None


_LOADED = _Loaded()


def stay_loaded() -> None:
    """From now on this process keeps the project as dbt read it, until one of its files changes."""
    _LOADED.stays = True


def load(paths: Settings) -> Any:
    """The project as dbt reads it (its manifest), read again where a file of it has changed.

    None when it cannot be read: the build then says why.
    """
    from dbt.cli.main import dbtRunner

    digest = project_digest()
    if _LOADED.digest != digest:
        with data_dir_for_dbt(paths), project_as_kept(paths) as reading:
            manifest = _shared_project(paths, digest)
            if manifest is None:
                result = dbtRunner().invoke(command_line(paths, "parse"))
                reading.succeeded = result.success
                manifest = result.result if result.success else None
        _LOADED.manifest = manifest
        _LOADED.digest = digest if manifest is not None else ""
    return _LOADED.manifest


def known_project(paths: Settings) -> Any:
    """The project as dbt read it last; None when a file of it changed, and dbt is to read it.

    dbt itself would read the yml of every model to see that none has changed. Called within
    `project_as_kept`, which proves what is read here.
    """
    if _LOADED.stays:
        return load(paths)
    digest = project_digest()
    if _kept_digests(_parsed(paths))[1:] != (digest,):
        return _shared_project(paths, digest)
    return _manifest(_parsed(paths).read_bytes())


def _shared_project(paths: Settings, digest: str) -> Any:
    """The project as dbt read it for another shop; None where it is not there as it was written.

    Others may be writing it: what is used is what was proven.
    """
    parsed = _parsed(paths.shared)
    try:
        content = parsed.read_bytes()
    except OSError:
        return None
    is_proven = _kept_digests(parsed) == (hashlib.sha256(content).hexdigest(), digest)
    return _manifest(content) if paths.dataset is not None and is_proven else None


def _manifest(content: bytes) -> Any:
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest.from_msgpack(content)
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


def project_digest() -> str:
    """One SHA-256 over all that decides how dbt reads the project; no data folder does."""
    files = code_files(*(project_dir() / name for name in _PROJECT))
    read_by = {"project": str(project_dir()), "python": sys.version, "target": target()}
    return combined_digest({**files, **versions("dbt-core", "dbt-duckdb"), **read_by})


@dataclass
class Reading:
    """Whether dbt could read the project as it stands."""

    succeeded: bool = False


@contextmanager
def project_as_kept(paths: Settings) -> Iterator[Reading]:
    """Let dbt begin from the project as it read it last, unless that is not as it was written.

    What it read is kept as the project's only where the caller says that it could be read.
    """
    parsed = _parsed(paths)
    if _kept_digests(parsed)[:1] != (file_digest(parsed),):
        # dbt would build from it whatever stands in it
        parsed.unlink(missing_ok=True)
        _digests_of(parsed).unlink(missing_ok=True)
    # of the project as it is before: what is edited meanwhile is not taken for read
    digest = project_digest()
    reading = Reading()
    try:
        yield reading
    finally:
        known = digest if reading.succeeded else ""
        write_text(_digests_of(parsed), f"{file_digest(parsed) or ''}\n{known}")
        if known and paths.dataset is not None and parsed.exists():
            _share(parsed, paths.shared, known)


def _share(parsed: Path, shared: Settings, digest: str) -> None:
    """Keep what dbt read for one shop for the others too: reading the project takes seconds."""
    place = _parsed(shared)
    if _kept_digests(place)[1:] != (digest,):
        content = parsed.read_bytes()
        write_bytes(place, content)
        write_text(_digests_of(place), f"{hashlib.sha256(content).hexdigest()}\n{digest}")


@contextmanager
def data_dir_for_dbt(paths: Settings) -> Iterator[None]:
    """Let profiles.yml and the dbt plugin see this data folder, as an absolute path."""
    told = {"LUCID_DATA_DIR": str(paths.data_dir), INSIGHTS_FOLLOW: "true"}
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    settings.cache_clear()
    paths.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        settings.cache_clear()


def command_line(paths: Settings, command: str, *arguments: str) -> list[str]:
    """The words dbt is called with: its command on this project, then the command's own."""
    # A target folder of its own: Dagster and `dbt build` by hand keep theirs.
    target = _target(paths)
    return [
        "--quiet",
        "--log-level",
        "none",
        command,
        "--project-dir",
        str(project_dir()),
        "--profiles-dir",
        str(project_dir()),
        "--target-path",
        str(target),
        "--log-path",
        str(target),
        # Nobody reads the manifest and the results of this folder; writing them takes a second.
        "--no-write-json",
        *arguments,
    ]


def _target(paths: Settings) -> Path:
    return paths.state / "dbt-target"


def _parsed(paths: Settings) -> Path:
    return _target(paths) / "partial_parse.msgpack"


def _digests_of(parsed: Path) -> Path:
    """The file beside it: the hash of its content, then of the project it was read from."""
    return parsed.with_suffix(".sha256")


def _kept_digests(parsed: Path) -> tuple[str, ...]:
    try:
        return tuple(_digests_of(parsed).read_text(encoding="utf-8").split("\n"))
    except (OSError, UnicodeDecodeError):
        return ()
