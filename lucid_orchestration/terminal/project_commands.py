"""Commands about Lucid itself: a copy of the project to edit, newer versions, backups."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lucid_orchestration.errors import FAILURES, ConflictError, ProcessingFailedError
from lucid_orchestration.settings import (
    backup_password,
    data_folder,
    home,
    is_edited_project,
    project_dir,
    settings,
)
from lucid_orchestration.terminal import screens
from lucid_orchestration.terminal.output import Screen, errors, print_json, progress, say
from lucid_orchestration.version import VERSION

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
# What an upgrade says of a file, by what became of it.
_SAID = {
    "added": "new in Lucid",
    "updated": "newer in Lucid",
    "removed": "no longer part of Lucid",
    "merged": "newer in Lucid, and your edit is kept in it",
    "kept": "as you left it",
    "conflict": "as you left it; Lucid's newer version does not fit your edit and lies beside it",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (init, upgrade, backup, restore, sync, doctor):
        app.command()(command)


def init(
    folder: Annotated[
        Path, typer.Argument(help="Where to write it; the current folder unless given.")
    ] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write the models, rules and lists into a folder, to edit them and build with dbt there."""
    from lucid_orchestration.runs.own_project import write_project

    with errors(as_json):
        before = settings()
        place = folder.resolve()
        count = write_project(place)
        data = data_folder(place)
        if as_json:
            print_json({"project": str(place), "files": count, "data": str(data)})
            return
        screen = Screen()
        say(screen, f"{count} files of Lucid {VERSION} are in {place}, to be edited.")
        say(
            screen, f"In this folder `lucid run` and `dbt build` use them, with the data in {data}."
        )
        if before.inbox.is_dir() and before.data_dir != data:
            say(screen, f"Your files of before stay in {before.inbox}; copy them to {data}/inbox.")


def upgrade(as_json: AsJson = False) -> None:
    """Bring an edited project to this version of Lucid; your edits are kept."""
    from lucid_orchestration.runs.own_project import NEW, upgrade_project

    with errors(as_json):
        done = upgrade_project(project_dir())
        if as_json:
            print_json(asdict(done))
        else:
            screen = Screen()
            for change in done.changes:
                say(screen, f"{change.name}: {_SAID[change.outcome]}")
            say(screen, f"The project in {project_dir()} is for Lucid {done.after} now.")
        if done.conflicts and as_json:
            raise typer.Exit(FAILURES[ConflictError.kind].exit_code)
        if done.conflicts:
            raise ConflictError(
                "These keep your edits without what is new in Lucid: "
                f"{', '.join(done.conflicts)}. Compare each with <name>{NEW}, take over what you "
                f"want, and delete the {NEW} file."
            )


def backup(
    to: Annotated[str, typer.Argument(help="A folder, or an address such as s3://bucket/shop.")],
    encrypt: Annotated[
        bool,
        typer.Option("--encrypt", help="Ask for a password, or take LUCID_BACKUP_PASSWORD."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write all that cannot be computed again into one archive: inbox, rules, history, edits."""
    from lucid_orchestration.runs.backup import back_up

    with errors(as_json):
        password = _asked("Password of the backup", again=True) if encrypt else None
        project = project_dir() if is_edited_project() else None
        with progress(as_json) as report:
            made = back_up(settings(), project, to, password, report)
        if as_json:
            print_json(asdict(made))
            return
        say(Screen(), f"{made.files} files are in {made.address}")
        if made.is_encrypted:
            say(Screen(), "Without its password nobody can open it, and nobody can find it out.")


def restore(
    archive: Annotated[str, typer.Argument(help="The archive, here or at an address.")],
    as_json: AsJson = False,
) -> None:
    """Bring back a backup into a data folder that holds nothing yet; then: lucid run"""
    from lucid_orchestration.runs.backup import restore as bring_back

    with errors(as_json):
        paths = settings()
        with progress(as_json) as report:
            done = bring_back(
                paths, home(), archive, lambda: _asked("Password of the backup"), report
            )
        if as_json:
            print_json({**asdict(done), "data": str(paths.data_dir)})
        else:
            say(Screen(), f"{done.files} files are in {paths.data_dir}. Now: lucid run")


def sync(
    address: Annotated[str, typer.Argument(help="A folder, or an address: s3://bucket/shop.")],
    as_json: AsJson = False,
) -> None:
    """Bring inbox and rules together with a copy elsewhere, such as one other computers use."""
    from lucid_orchestration.runs.sync import sync as bring_together

    with errors(as_json):
        with progress(as_json) as report:
            done = bring_together(settings(), address, report)
        if as_json:
            print_json(asdict(done))
            if done.conflicts:
                raise typer.Exit(FAILURES[ConflictError.kind].exit_code)
            return
        say(Screen(), f"{done.changed} files were changed, here or there.")
        for name in done.not_now:
            say(Screen(), f"{name} was just being written; run it again.")
        if done.conflicts:
            raise ConflictError(
                f"Changed on both sides, or impossible here: {', '.join(done.conflicts)}. Nothing "
                "was done with them. Give yours another name, and run it again."
            )


def doctor(
    bundle: Annotated[
        Path | None,
        typer.Option(help="Write an archive for whoever helps you; no value of yours is in it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check versions, data folder, database, results, last run and AI provider."""
    from lucid_orchestration.runs.doctor import diagnose

    with errors(as_json):
        if bundle is not None:
            _write_bundle(bundle, as_json)
            return
        checks = diagnose(settings())
        broken = [check for check in checks if check.status == "problem"]
        if as_json:
            print_json({"healthy": not broken, "checks": [asdict(check) for check in checks]})
        else:
            screens.print_checks(Screen(), checks)
        if broken:
            raise typer.Exit(FAILURES[ProcessingFailedError.kind].exit_code)


def _write_bundle(file: Path, as_json: bool) -> None:
    """Write what helps to find a fault, and say what is in it."""
    from lucid_orchestration.runs.bundle import write_bundle as write

    parts = write(settings(), file)
    if as_json:
        print_json({"file": str(file), "parts": parts})
        return
    say(Screen(), f"{file} holds {', '.join(parts)}: versions, checks, times, and what kinds of")
    say(Screen(), "files were read and how that ended. No name, no figure, no text of yours.")


def _asked(question: str, again: bool = False) -> str:
    """A password from the environment, else from whoever sits there."""
    return backup_password() or str(
        typer.prompt(question, hide_input=True, confirmation_prompt=again, err=True)
    )
