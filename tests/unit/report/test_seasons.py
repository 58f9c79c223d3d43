import pytest

from lucid_orchestration.report import seasons
from tests.unit.report.example import SHOP, cells


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        (None, "none"),
        ([1, 2, 11, 12], "Nov to Feb"),
        ([3], "Mar"),
        ([1, 6, 7, 9], "Jan, Jun to Jul, Sep"),
        ([12], "Dec"),
    ],
)
def test_months_in_a_row_are_said_as_one(numbers: list[int] | None, shown: str) -> None:
    section = seasons.seasons(
        [
            {
                "entity_type": "product",
                "entity_id": "p1",
                "entity_name": "Cap",
                "verdict": "indicative",
                "season_source": None,
                "amplitude": None,
                "peak_months": numbers,
                "low_months": None,
                "next_peak_month": None,
            }
        ],
        [],
        SHOP,
    )
    assert cells(section, "Strong months") == [shown]
    assert section.answer == "1 product sells more in the same months every year."


@pytest.mark.parametrize(
    ("verdicts", "answer"),
    [
        (["insufficient_history", "too_sparse"], "It cannot be told yet: a season shows after"),
        (["too_sparse"], "It cannot be told: too little is sold"),
        (["none", "too_sparse"], "Nothing sells more in the same months every year."),
    ],
)
def test_a_season_nobody_can_see_is_not_denied(verdicts: list[str], answer: str) -> None:
    section = seasons.seasons(
        [
            {
                "entity_type": "product",
                "entity_id": f"p{place}",
                "entity_name": "Cap",
                "verdict": verdict,
                "season_source": None,
                "amplitude": None,
            }
            for place, verdict in enumerate(verdicts)
        ],
        [],
        SHOP,
    )
    assert section.answer.startswith(answer)
    if "none" in verdicts:
        assert section.notes == ("1 product sold too little or for too short a time to tell.",)
