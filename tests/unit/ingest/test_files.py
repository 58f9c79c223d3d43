"""What counts as a file of a dataset, and that a big one is hashed only once."""

import os
from pathlib import Path

import pytest

from lucid_orchestration.assets.shops import shop_contents
from lucid_orchestration.ingest import inbox
from lucid_orchestration.ingest.inbox import (
    InboxFile,
    dataset_of,
    dataset_of_name,
    dataset_sources,
    list_inbox,
)
from lucid_orchestration.ingest.inspection import inspect_file
from lucid_orchestration.insights.parameters import read_parameters
from lucid_orchestration.settings import Settings


def put(inbox: Path, name: str, text: str = "a,b\n") -> Path:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def listed(tmp_path: Path) -> list[InboxFile]:
    return list_inbox(tmp_path / "inbox", tmp_path / "state" / "digests.json")


def test_the_first_folder_is_the_dataset_and_the_rest_the_name(tmp_path: Path) -> None:
    for name in ("a.csv", "Shree Ganesh/b.csv", "Shree Ganesh/2026/01/c.csv", "???/d.csv"):
        put(tmp_path / "inbox", name)
    assert [(file.dataset_id, file.name) for file in listed(tmp_path)] == [
        ("default", "a.csv"),
        ("default", "d.csv"),
        ("shree-ganesh", "2026/01/c.csv"),
        ("shree-ganesh", "b.csv"),
    ]


def test_a_folder_without_a_letter_is_of_the_default_dataset_wherever_it_is_asked(
    tmp_path: Path,
) -> None:
    paths = Settings(tmp_path)
    file = put(paths.inbox, "???/d.csv", "Date,Item,Qty,Amount\n2026-01-05,Mug,1,10\n")
    put(paths.inbox, "???/lucid.yml", "rules: {dear_stock: {value: 4}}\n")
    assert [found.dataset_id for found in listed(tmp_path)] == ["default"]
    assert [dataset_of(file.parent), dataset_of_name("???/d.csv")] == ["default", "default"]
    assert dataset_sources(paths.inbox, "default") == (file.parent,)
    assert shop_contents(paths).keys() == {"default"}
    assert inspect_file(paths.inbox, file, None, 1).file.dataset_id == "default"
    assert read_parameters(paths.inbox, {}, []).by_dataset.keys() == {"default"}


@pytest.mark.parametrize(
    "name",
    [".hidden.csv", ".git/x.csv", "~$book.xlsx", ".DS_Store", "Thumbs.db", "mapping.yml"],
)
def test_what_programs_leave_behind_is_no_source(tmp_path: Path, name: str) -> None:
    put(tmp_path / "inbox", f"shop/{name}")
    assert listed(tmp_path) == []


def test_ids_tell_datasets_and_contents_apart_but_not_names(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    put(inbox, "one/a.csv")
    put(inbox, "one/b.csv")
    put(inbox, "one/c.csv", "other")
    put(inbox, "two/a.csv")
    first, second, third, fourth = listed(tmp_path)
    assert first.source_file_id == second.source_file_id
    assert first.duplicate_id != second.duplicate_id
    assert len({first.source_file_id, third.source_file_id, fourth.source_file_id}) == 3
    assert first.sha256 == fourth.sha256
    assert len(first.source_file_id) == 32


def test_a_file_is_hashed_again_only_when_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path / "inbox", "shop/a.csv")
    # as if it had lain there for a while
    monkeypatch.setattr(inbox, "_SAME_TIME_NS", 0)
    (before,) = listed(tmp_path)
    real = inbox.hashlib.file_digest
    hashed: list[str] = []

    def watched(file: object, name: str) -> object:
        hashed.append(name)
        return real(file, name)  # type: ignore[type-var]

    monkeypatch.setattr(inbox.hashlib, "file_digest", watched)
    assert listed(tmp_path) == [before]
    assert hashed == []
    path.write_text("c,d\n", encoding="utf-8")
    os.utime(path, (1, 1))
    (after,) = listed(tmp_path)
    assert len(hashed) == 1
    assert after.sha256 != before.sha256


def test_a_file_that_may_not_be_read_is_refused_not_fatal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "inbox", "shop/a.csv")
    put(tmp_path / "inbox", "shop/locked.csv")
    real = Path.open

    def guarded(path: Path, *arguments: object, **options: object) -> object:
        if path.name == "locked.csv":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", guarded)
    readable, locked = listed(tmp_path)
    assert readable.refusal is None
    assert locked.refusal is not None
    assert (locked.refusal.reason, locked.name) == ("unreadable_file", "locked.csv")


def test_a_link_within_the_inbox_is_a_file_like_any_other(tmp_path: Path) -> None:
    path = put(tmp_path / "inbox", "shop/a.csv")
    (tmp_path / "inbox" / "shop" / "b.csv").symlink_to(path)
    assert [file.refusal for file in listed(tmp_path)] == [None, None]


def test_a_name_that_is_no_text_is_shown_as_far_as_possible(tmp_path: Path) -> None:
    folder = tmp_path / "inbox" / "shop"
    folder.mkdir(parents=True)
    try:
        (folder / os.fsdecode(b"sales\xff.csv")).write_text("a,b\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such names")
    assert [file.name for file in listed(tmp_path)] == ["sales?.csv"]
