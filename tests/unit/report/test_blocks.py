from lucid_orchestration.report.blocks import Cell


def test_a_cut_name_keeps_its_whole_text() -> None:
    assert Cell.name("Salt") == Cell("Salt")
    long = Cell.name("x" * 40, suffix=" (category)")
    assert long.text == "x" * 31 + "… (category)"
    assert long.full == "x" * 40


def test_a_text_of_any_length_stays_short_in_a_cell() -> None:
    cell = Cell.name("x" * 10_000)
    assert len(cell.text) == 32
    assert cell.full is not None
    assert len(cell.full) == 1000
