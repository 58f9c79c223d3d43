"""Looking at a file shows what an ingest would make of it, and leaves nothing behind."""

from pathlib import Path

import pytest

from lucid_orchestration.errors import BadRequestError, NotFoundError, UnprocessableError
from lucid_orchestration.ingest.inspection import inspect, inspect_file
from lucid_orchestration.ingest.layout.mapping import NO_MAPPING, read_mapping

ODD = 'Beleg,Tag,Ware,Menge,Umsatz\n7,03/04/2026,Tea,2,"1.180,00"\n8,05/04/2026,Salt,1,"28,50"\n'
MAPPING = """\
kind: sales
columns:
  {Beleg: transaction_id, Tag: sale_date, Ware: product_name, Menge: quantity, Umsatz: net_amount}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A shop's folder in an inbox, with a file that only its mapping makes readable."""
    folder = tmp_path / "inbox" / "Kleiner Laden"
    folder.mkdir(parents=True)
    (folder / "odd_1.csv").write_text(ODD, encoding="utf-8")
    (folder / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    return folder


def test_a_file_shows_what_would_land_and_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    found = inspect(folder / "odd_1.csv", read_mapping(folder / "mapping.yml"), row_count=1)
    assert (found.file.status, found.file.kind, found.profile) == ("accepted", "sales", "mapping")
    assert found.header_row == 1
    assert [(row["row_number"], row["net_amount"]) for row in found.rows["sales"]] == [
        (2, "1.180,00")
    ]
    assert {row["header"]: row["field"] for row in found.columns}["Tag"] == "sale_date"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_refused_file_says_why(folder: Path) -> None:
    found = inspect(folder / "odd_1.csv", NO_MAPPING)
    assert found.file.status == "refused"
    assert found.rows == {}
    assert found.file.message


def test_the_mapping_of_a_shop_or_the_one_beside_the_file_is_used(
    tmp_path: Path, folder: Path
) -> None:
    elsewhere = tmp_path / "odd.csv"
    elsewhere.write_text(ODD, encoding="utf-8")
    inbox = tmp_path / "inbox"
    assert inspect_file(inbox, elsewhere, None, 5).file.status == "refused"
    assert inspect_file(inbox, elsewhere, "kleiner laden", 5).file.status == "accepted"
    assert inspect_file(inbox, folder / "odd_1.csv", None, 5).file.status == "accepted"


def test_what_is_no_file_is_named(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, file = tmp_path / "inbox", folder / "odd_1.csv"
    with pytest.raises(NotFoundError, match="no file"):
        inspect_file(inbox, folder / "other.csv", None, 5)
    with pytest.raises(BadRequestError, match="is a folder"):
        inspect_file(inbox, folder, None, 5)
    with pytest.raises(NotFoundError, match="no shop 'corner'"):
        inspect_file(inbox, file, "corner", 5)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnprocessableError, match="cannot be opened"):
        inspect_file(inbox, file, None, 5)
