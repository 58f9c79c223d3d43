"""A settings file of an owner is read whatever stands in it, or it is said what is wrong."""

import os
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.yml import (
    MAX_DEPTH,
    MAX_STATED_BYTES,
    StatedError,
    parse_stated,
    read_stated,
)


def test_plain_values_are_read_and_days_stay_text() -> None:
    text = "a: 1\nb: [x, 2.5, yes, ~]\nc: {d: 2026-01-31}\ne: 2026-13-45\n"
    assert parse_stated(text.encode()) == {
        "a": 1,
        "b": ["x", 2.5, True, None],
        "c": {"d": "2026-01-31"},
        "e": "2026-13-45",
    }
    assert parse_stated(b"\xef\xbb\xbfa: b") == {"a": "b"}
    assert parse_stated(b"") is None


BOMB = "x0: &a0 [a,a]\n" + "".join(
    f"x{n}: &a{n} [*a{n - 1},*a{n - 1},*a{n - 1},*a{n - 1}]\n" for n in range(1, 30)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BOMB, "Line 2 repeats another by an alias"),
        ("a: &x [*x]", "Line 1 repeats another by an alias"),
        ("a: 1\nb: " + "[" * 5000, f"Line 2 is nested more than {MAX_DEPTH} levels deep"),
        ("{a: " * 3000, "nested more than"),
        ("- " * 3000, "nested more than"),
        ("a: 1\nb: !!int ''", "Line 2 holds a value that is none"),
        ("!!bool 7", "Line 1 holds a value that is none"),
        ("!!timestamp x", "Line 1 holds a value that is none"),
        ("!!float x", "Line 1 holds a value that is none"),
        ("a: " + "9" * 5000, "Line 1 holds a value that is none"),
        ("a: 1" + ":1" * 40, "Line 1 holds a value that is none (a number of more"),
        ('a: "\\ud800"', "Line 1 holds a value that is none"),
        ('"\\udfff": a', "Line 1 holds a value that is none"),
        ("!!binary ä", "It is not YAML"),
        ("!!python/object/apply:os.getcwd []", "It is not YAML"),
        ("? [a]\n: b", "It is not YAML"),
        ("<<: 5", "It is not YAML"),
        ("a: [", "It is not YAML"),
        ("a: \x00", "It is not YAML"),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_no_plain_value_is_named(content: str, said: str) -> None:
    with pytest.raises(StatedError, match=None) as raised:
        parse_stated(content.encode())
    assert said in str(raised.value)
    assert len(str(raised.value)) < 500


def test_what_is_no_text_is_named() -> None:
    with pytest.raises(StatedError, match="not UTF-8"):
        parse_stated(b"a: \xff\xfe")


def test_what_is_no_small_plain_file_is_never_opened(tmp_path: Path) -> None:
    def said(path: Path) -> str:
        with pytest.raises(StatedError) as raised:
            read_stated(path)
        return str(raised.value)

    (tmp_path / "plain.yml").write_bytes(b"#" * MAX_STATED_BYTES)
    assert len(read_stated(tmp_path / "plain.yml")) == MAX_STATED_BYTES
    (tmp_path / "large.yml").write_bytes(b"#" * (MAX_STATED_BYTES + 1))
    assert "larger than 100 KB" in said(tmp_path / "large.yml")
    (tmp_path / "folder.yml").mkdir()
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "link.yml").symlink_to("/dev/zero")
    for name in ("folder.yml", "pipe.yml", "link.yml"):
        assert "a link, a folder or a device" in said(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        read_stated(tmp_path / "none.yml")


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.yml").write_text("a: 1", encoding="utf-8")

    def locked(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(StatedError, match="It cannot be opened"):
        read_stated(tmp_path / "a.yml")
