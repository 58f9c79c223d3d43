"""How commands speak: nothing of a file acts on the terminal, and nobody left to read is an end."""

import errno
import io
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
import typer
from filelock import FileLock

from lucid_orchestration.errors import sentence
from lucid_orchestration.formatting import visible
from lucid_orchestration.settings import PROJECT_DIR
from lucid_orchestration.terminal import screens
from lucid_orchestration.terminal.output import (
    EXIT_CLOSED,
    Screen,
    errors,
    print_json,
    progress,
    say_anything,
)

HOSTILE = "a\x1b[31mred\x07\r\n\t\x7f\x9b2J\u202egpj.exe\u2066\u2028z"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tea नमस्ते ₹ – 🫖 क\u200dष", "Tea नमस्ते ₹ – 🫖 क\u200dष"),
        ("\x1b]0;title\x07", "␛]0;title␇"),
        ("a\nb\r\tc\x00", "a␊b␍␉c␀"),
        ("\x7f\x9b\x80", "<7F><9B><80>"),
        ("\u202a\u202e\u2066\u2069\u200f\u2029", "<202A><202E><2066><2069><200F><2029>"),
    ],
)
def test_characters_that_act_on_a_terminal_are_marks(text: str, shown: str) -> None:
    assert visible(text) == shown


def is_harmless(written: str) -> bool:
    return all(line == visible(line) for line in written.split("\n"))


def test_no_screen_passes_them_on(capsys: pytest.CaptureFixture[str]) -> None:
    console = Screen(file=StringIO(), width=500)
    file = {"file_name": HOSTILE, "kind": HOSTILE, "status": HOSTILE}
    issue = {"file_name": HOSTILE, "severity": "note", "message": HOSTILE}
    screens.print_dataset(console, {"dataset_id": HOSTILE, "files": [file], "issues": [issue]})
    screens.print_removed(console, [Path(f"/tmp/{HOSTILE}")])
    with progress(False) as tell:
        tell(f"Reading {HOSTILE}")
    with pytest.raises(typer.Exit), errors(False):
        raise FileNotFoundError(errno.ENOENT, "No such file", HOSTILE)
    assert isinstance(console.file, StringIO)
    written = capsys.readouterr()
    for text in (console.file.getvalue(), written.out, written.err):
        assert is_harmless(text)
    assert "␛[31mred" in console.file.getvalue()
    assert "␛[31mred" in written.err


def test_json_says_the_same_without_them(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": HOSTILE})
    written = capsys.readouterr().out
    assert is_harmless(written)
    assert json.loads(written) == {"name": HOSTILE}


_TALK = """
import sys
from pathlib import Path
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.settings import Settings
from lucid_orchestration.terminal.output import progress
import threading

with progress(False) as tell, run_lock(Settings(Path(sys.argv[1])), tell):
    # as dbt does, from a thread that is not the main one
    def talk():
        while True:
            tell("line")
    threading.Thread(target=talk).start()
    threading.Event().wait()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end in another way there")
def test_a_closed_pipe_ends_the_command_and_frees_its_lock(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _TALK, str(tmp_path)], stderr=subprocess.PIPE, cwd=PROJECT_DIR
    )
    assert process.stderr is not None
    assert process.stderr.readline() == b"line\n"
    process.stderr.close()
    assert process.wait(timeout=60) == EXIT_CLOSED
    with FileLock(tmp_path / "state" / "run.lock", timeout=0):
        pass


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "no space left"),
        (errno.EISDIR, "folder where a file should be"),
        (errno.ENAMETOOLONG, "longer than this disk can keep"),
        (errno.EACCES, "Give yourself access"),
        (errno.EIO, "The system could not do it: Input/output error"),
    ],
)
def test_what_the_system_refuses_is_a_sentence_with_the_place(
    code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    error = OSError(code, "Input/output error", "/data/x")
    assert words in sentence(error)
    with pytest.raises(typer.Exit) as ended, errors(False):
        raise error
    assert ended.value.exit_code == 5
    assert "(/data/x)" in capsys.readouterr().err


# --- encodings of consoles --------------------------------------------------------------------

RUPEES = "₹ नमस्ते é"


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_what_goes_to_a_file_is_utf_8_whatever_the_system_would_write(encoding: str) -> None:
    code = (
        "from lucid_orchestration.terminal.output import Screen, print_json, say, say_anything\n"
        f"say_anything(); print_json([{RUPEES!r}]); say(Screen(), {RUPEES!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
        cwd=PROJECT_DIR,
    )
    shown, _, said = done.stdout.decode().rpartition("]")
    assert json.loads(f"{shown}]") == [RUPEES]
    assert said.strip() == RUPEES


class Console(io.TextIOWrapper):
    """A terminal of Windows: it has a code page, and fails on what is not in it."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_question_mark_for_what_it_does_not_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Console(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", screen)
    with pytest.raises(UnicodeEncodeError):
        screen.write(RUPEES)
    say_anything()
    print(RUPEES)
    screen.flush()
    assert screen.buffer.getvalue().decode("cp1252").split() == ["?", "??????", "é"]  # type: ignore[attr-defined]


def test_a_stream_that_is_none_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)  # as under pythonw
    monkeypatch.setattr(sys, "stderr", StringIO())
    say_anything()
