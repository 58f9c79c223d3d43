"""Two computers and a copy between them, in a folder and on a server that speaks S3."""

from pathlib import Path

import pytest

from lucid_orchestration.errors import ConflictError, UnprocessableError
from lucid_orchestration.progress import silent
from lucid_orchestration.runs import sync as module
from lucid_orchestration.runs.places import Place
from lucid_orchestration.runs.sync import LIST, Synced, sync
from lucid_orchestration.settings import Settings

SALES = "inbox/shop/sales ₹ é.csv"


class Computer:
    """One of those that share the copy."""

    def __init__(self, folder: Path, address: str) -> None:
        self.paths = Settings(folder)
        self.address = address

    def put(self, name: str, content: str) -> None:
        path = self.paths.data_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def remove(self, name: str) -> None:
        (self.paths.data_dir / name).unlink()

    def sync(self) -> Synced:
        return sync(self.paths, self.address, silent)

    @property
    def files(self) -> dict[str, str]:
        return {
            path.relative_to(self.paths.data_dir).as_posix(): path.read_text(encoding="utf-8")
            for folder in ("inbox", "rules")
            for path in sorted((self.paths.data_dir / folder).rglob("*"))
            if path.is_file() and not path.name.startswith("~$")
        }

    @property
    def trash(self) -> list[str]:
        return [path.name for path in self.paths.trash.rglob("*") if path.is_file()]


@pytest.fixture
def one(tmp_path: Path, address: str) -> Computer:
    computer = Computer(tmp_path / "one", address)
    computer.put(SALES, "a")
    computer.put("rules/mine.yml", "rules: []")
    computer.put("inbox/shop/~$open.xlsx", "Excel's own")
    computer.put("marts/best_sellers.parquet", "computed")
    return computer


@pytest.fixture
def two(tmp_path: Path, address: str) -> Computer:
    return Computer(tmp_path / "two", address)


def test_what_changes_on_one_computer_comes_to_the_other(one: Computer, two: Computer) -> None:
    assert one.sync().sent == [SALES, "rules/mine.yml"]
    assert two.sync().fetched == [SALES, "rules/mine.yml"]
    assert two.files == {SALES: "a", "rules/mine.yml": "rules: []"}
    assert sorted(Place(one.address).names()) == sorted([LIST, SALES, "rules/mine.yml"])
    two.put(SALES, "b")
    two.put("inbox/other/stock.csv", "c")
    assert two.sync().sent == ["inbox/other/stock.csv", SALES]
    assert one.sync().fetched == ["inbox/other/stock.csv", SALES]
    assert one.files[SALES] == "b"
    assert one.trash == [Path(SALES).name]
    assert (one.sync().changed, two.sync().changed) == (0, 0)


def test_what_is_removed_goes_everywhere_and_stays_in_the_trash(
    one: Computer, two: Computer
) -> None:
    one.sync()
    two.sync()
    one.remove(SALES)
    assert one.sync().removed_there == [SALES]
    assert two.sync().removed_here == [SALES]
    assert SALES not in two.files
    assert two.trash == [Path(SALES).name]
    assert SALES not in Place(one.address).names()


def test_what_both_changed_is_left_and_named(one: Computer, two: Computer) -> None:
    one.sync()
    two.sync()
    one.put(SALES, "one")
    two.put(SALES, "two")
    assert one.sync().sent == [SALES]
    for _ in range(2):
        done = two.sync()
        assert (done.conflicts, done.changed) == ([SALES], 0)
        assert two.files[SALES] == "two"
    two.put("inbox/shop/mine.csv", "two")
    two.remove(SALES)
    two.put(SALES, "one")  # as it is there: no conflict any more
    assert (two.sync().conflicts, two.files[SALES]) == ([], "one")


def test_a_copy_that_was_emptied_takes_nothing_away(one: Computer, two: Computer) -> None:
    one.sync()
    place = Place(one.address)
    for name in place.names():
        place.remove(name)
    done = one.sync()
    assert (done.sent, done.removed_here) == ([SALES, "rules/mine.yml"], [])
    assert two.sync().fetched == [SALES, "rules/mine.yml"]


def test_an_upload_that_was_killed_is_done_again(
    one: Computer, two: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one.sync()
    two.sync()
    one.put(SALES, "new")
    write = Place.write

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Place, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        one.sync()
    monkeypatch.setattr(Place, "write", write)
    # to others the file is one that is just being written
    assert two.sync().changed == 0
    assert two.files[SALES] == "a"
    assert one.sync().sent == [SALES]
    assert two.sync().fetched == [SALES]
    assert two.files[SALES] == "new"


def test_two_at_once_do_not_undo_each_other(
    one: Computer, two: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one.sync()
    two.put("inbox/other/stock.csv", "c")
    bring = module._bring

    def meanwhile(*arguments: object) -> str | None:
        monkeypatch.setattr(module, "_bring", bring)
        one.put("inbox/third/sales.csv", "d")
        one.sync()
        return bring(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_bring", meanwhile)
    with pytest.raises(ConflictError, match="Another computer"):
        two.sync()
    two.sync()
    one.sync()
    assert one.files == two.files
    assert {"inbox/other/stock.csv", "inbox/third/sales.csv"} <= one.files.keys()


@pytest.mark.parametrize("name", ["inbox/shop/SALES ₹ É.csv", "inbox/shop/aux.csv"])
def test_a_name_that_cannot_be_beside_others_everywhere_is_not_fetched(
    one: Computer, two: Computer, name: str
) -> None:
    one.sync()
    two.sync()
    one.put(name, "b")
    one.sync()
    done = two.sync()
    assert (done.conflicts, done.fetched) == ([name], [])
    assert two.files[SALES] == "a"


@pytest.mark.parametrize("name", ["../evil", "inbox/../../evil", "/etc/evil", "state/x", "inbox"])
def test_a_list_that_names_others_files_is_refused(
    one: Computer, two: Computer, name: str, tmp_path: Path
) -> None:
    one.sync()
    Place(one.address).write(LIST, f'{{"files": {{"{name}": "0"}}}}'.encode())
    with pytest.raises(UnprocessableError, match="none of ours"):
        two.sync()
    assert not list(tmp_path.rglob("evil"))
