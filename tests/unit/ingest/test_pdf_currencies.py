"""In which currency a bill is, by what stands beside its amounts and what it names elsewhere."""

import pytest

from tests.bill_words import read_rows, worth


def currency(total: str, amount: str, note: str = "", name: str = "Lamp") -> tuple[str | None, str]:
    """The currency of a bill of one line, and the reason for which it does not count."""
    document = read_rows(
        [(40, "Item"), (-320, "Qty"), (-420, "Price"), (-550, "Amount")],
        [(40, name), (-320, "12"), (-420, "28.40"), (-550, amount)],
        [(340, total), (-550, amount)],
        [(40, note or "Thank you")],
    )
    assert bool(worth(document)) is not bool(document.reason)
    return document.currency, document.reason


@pytest.mark.parametrize(
    ("total", "amount", "note", "found"),
    [
        ("Total AUD", "340.80", "", "AUD"),
        ("Total (CAD)", "$340.80", "", "CAD"),
        ("Total", "$340.80", "All prices in Singapore dollars", "SGD"),
        ("Total", "$340.80", "ABN 51 824 753 556", "AUD"),
        ("Total KD", "340.80", "", "KWD"),
        ("Total NZ$", "340.80", "", "NZD"),
        ("Total", "S$340.80", "", "SGD"),
        ("Total", "340.80", "VAT Reg No GB123456789. No VAT is charged", "GBP"),
        ("Total", "¥340.80", "Bank account in JPY", "JPY"),
        ("Total", "340.80", "", None),
    ],
)
def test_currency_is_the_one_that_is_named(
    total: str, amount: str, note: str, found: str | None
) -> None:
    assert currency(total, amount, note) == (found, "")


@pytest.mark.parametrize("sign", ["$", "¥"])
def test_sign_of_several_currencies_stays_where_nothing_says_whose(sign: str) -> None:
    """The shop's currency decides then: of a shop in rupees no bill in dollars counts unsaid."""
    assert currency("Total", f"{sign}340.80") == (sign, "")


def test_sign_that_is_not_of_the_named_currency_is_asked() -> None:
    assert currency("Total", "$340.80", "Rupees three hundred only") == (None, "currency_unknown")
    assert currency("Total", "$340.80", "USD or AUD") == (None, "currency_unknown")


def test_feet_of_plank_are_no_money_of_hungary() -> None:
    assert currency("Total", "$340.80", name="Plank 8 ft") == ("$", "")
    assert currency("Total", "340.80 Ft") == ("HUF", "")


def test_sign_anywhere_says_that_it_is_no_other_money() -> None:
    assert currency("Total", "340.80", "Paid $340.80") == ("$", "")
    assert currency("Total", "340.80", "Paid 340.80 in USD, $340.80") == ("USD", "")


def test_sign_before_letters_and_a_dollar_is_read() -> None:
    document = read_rows(
        [(40, "Item"), (-320, "Qty"), (-420, "Price"), (-550, "Amount")],
        [(40, "Mask"), (-320, "3"), (-420, "S$18.00"), (-550, "S$54.00")],
        [(40, "Coupon"), (-320, "1"), (-420, "-S$14.40"), (-550, "-S$14.40")],
        [(340, "Total"), (-550, "S$39.60")],
    )
    assert worth(document) == [("3", "18.00", "54.00"), ("1", "-14.40", "-14.40")]


@pytest.mark.parametrize(
    ("label", "earned", "reason"),
    [
        ("Total Rp", ("3", "72000", "216000"), ""),
        ("Total KD", ("3", "72.000", "216.000"), ""),
        ("Total TND", ("3", "72.000", "216.000"), ""),
        ("Total", None, "ambiguous_bill"),
    ],
)
def test_point_before_three_digits_groups_or_parts_them_by_the_currency(
    label: str, earned: tuple[str, str, str] | None, reason: str
) -> None:
    """Seventy-two and seventy-two thousand add up alike."""
    document = read_rows(
        [(40, "Item"), (-320, "Qty"), (-420, "Price"), (-550, "Amount")],
        [(40, "Rice"), (-320, "3"), (-420, "72.000"), (-550, "216.000")],
        [(340, label), (-550, "216.000")],
    )
    assert (worth(document), document.reason) == ([earned] if earned else [], reason)


def test_kilograms_have_three_places_beside_any_money() -> None:
    document = read_rows(
        [(40, "Item"), (-320, "Kg"), (-420, "Price"), (-550, "Amount")],
        [(40, "Fish"), (-320, "12.350"), (-420, "780"), (-550, "9633")],
        [(340, "Total INR"), (-550, "9633")],
    )
    assert worth(document) == [("12.350", "780", "9633")]
