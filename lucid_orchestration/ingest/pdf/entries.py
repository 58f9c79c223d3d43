"""The labelled figures below the lines of a bill, and its summary of taxes."""

import re
from collections.abc import Iterator
from decimal import Decimal

from lucid_orchestration.ingest.pdf.figures import looks_like_money, money
from lucid_orchestration.ingest.pdf.pages import Line
from lucid_orchestration.ingest.pdf.printed import Entry, Kind, TaxSummaryRow, entry

# GST rates and their halves: a bare number under "GST" that is one of them is a percentage.
GST_RATES = frozenset(
    Decimal(rate)
    for rate in (
        *("0", "0.05", "0.1", "0.125", "0.25", "0.75", "1", "1.5", "2.5", "3"),
        *("5", "6", "7.5", "9", "12", "14", "18", "20", "28", "40"),
    )
)


def label_of(line: Line) -> str:
    """What stands nearest to the left of the last figure of a line and has a meaning."""
    texts = [segment.text for segment in line.segments[:-1]]
    words = [text for text in texts if re.search(r"[^\W\d_]", text) and not looks_like_money(text)]
    for text in reversed(words):
        if entry(text, Decimal(0)).kind is not Kind.UNKNOWN:
            return text
    if words:
        return words[0]
    return _inline(line.segments[-1].text)[0] if line.segments else ""


def _inline(text: str) -> tuple[str, Decimal | None]:
    """A label and a figure in one run of words, such as `Total: 1,200.00`."""
    match = re.fullmatch(
        r"(?P<label>.*?[^\W\d_].*?)[\s:=]+(?P<sign>\(-\)|-)?\s*(?P<money>\S+)", text
    )
    if match is None:
        return "", None
    label = re.sub(r"(?:\s|:)*(?:₹|rs\.?|inr)?$", "", match["label"], flags=re.IGNORECASE)
    return label, money((match["sign"] or "") + match["money"])


def entries_of(line: Line) -> Iterator[Entry]:
    """The labelled figure at the end of a line, if there is one."""
    if not line.segments:
        return
    last = line.segments[-1]
    amount = money(last.text)
    if amount is not None:
        label = label_of(line)
        found = entry(label, amount)
        if found.kind is not Kind.UNKNOWN or (label and looks_like_money(last.text)):
            yield found
        return
    label, amount = _inline(last.text)
    if amount is not None:
        found = entry(label, amount)
        if found.kind is not Kind.UNKNOWN and looks_like_money(last.text.split()[-1]):
            yield found


def is_summary_heading(line: Line) -> bool:
    """The headings of a summary of taxes, which repeats the figures of the bill."""
    texts = [segment.text for segment in line.segments]
    if len(texts) < 3 or any(looks_like_money(text) for text in texts):
        return False
    words = set(re.findall(r"[a-z]+", line.text.casefold()))
    return "taxable" in words and bool(words & {"hsn", "sac", "cgst", "igst", "gst", "tax", "rate"})


def summary_row(line: Line) -> Iterator[TaxSummaryRow]:
    """Rate, taxable value, tax: a row of a summary without other columns of money."""
    texts = [segment.text for segment in line.segments]
    figures = [money(text.rstrip("%")) for text in texts]
    if len(figures) in (3, 4) and all(figure is not None for figure in figures):
        rate, taxable, *taxes = [figure for figure in figures if figure is not None]
        if rate in GST_RATES:
            yield TaxSummaryRow(rate, taxable, sum(taxes, Decimal(0)))
