"""Who wrote a bill and to whom, as its head shows it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from lucid_orchestration.ingest.layout.printed_days import parse_day
from lucid_orchestration.ingest.pdf.bills import Party
from lucid_orchestration.ingest.pdf.numbers import is_any_label, is_number_label
from lucid_orchestration.ingest.pdf.pages import Segment
from lucid_orchestration.ingest.pdf.places import aligned
from lucid_orchestration.ingest.pdf.titles import COPY, is_title
from lucid_orchestration.ingest.pdf.vocabulary import patterns, plain

GSTIN = re.compile(r"\b\d{2}[A-Z]{5}\d{4}[A-Z][0-9A-Z]Z[0-9A-Z]\b")
_BLOCK_HEIGHT = 75.0
_BESIDE = 110.0
_MOST_WORDS = 7
# Of the size of a tax number: the name of a shop above it is often this much larger.
_LARGER = 1.2
# Words that are a label only with a mark behind them, or alone.
_SHORT = re.compile(
    r"(?:to|from|party|customer|buyer|client|kunde|klant|cliente|seller|vendor|supplier|recipient|"
    r"kund|sayin|vevo|kupac|kepada)"
)
_M_S = re.compile(r"m/s\b\.?", re.IGNORECASE)


def buyer_of(segments: Sequence[Segment]) -> tuple[Party, tuple[Segment, ...]]:
    """The buyer, and the words of the buyer's box."""
    # "M/s" stands before the name of the seller as well; any other label goes first
    labelled = [
        (place, s) for place, s in enumerate(segments) if _label(s.text, "buyer") is not None
    ]
    labelled.sort(key=lambda item: _M_S.match(item[1].text) is not None)
    for place, segment in labelled:
        name = _label(segment.text, "buyer") or ""
        block = tuple(_block(segment, segments[place + 1 :]))
        if not name:
            name = _beside(segment, segments)
        if not name:
            first = next((s.text for s in block if not GSTIN.search(s.text)), "")
            name = re.sub(r"^(?:name|m/s\.?)\s*[:.-]?\s*", "", first, flags=re.IGNORECASE)
        gstin = next((m[0] for s in (segment, *block) if (m := GSTIN.search(s.text))), "")
        if name and not re.search(r"[^\W\d_]", name):
            # "Client : 004512" is the number of a buyer
            continue
        return Party(COPY.sub("", name).strip(" :,") or name, gstin), (segment, *block)
    return Party(), ()


def _label(text: str, role: str) -> str | None:
    """The name behind a label of a party, empty where it stands alone; None without a label."""
    words = text.strip().split()
    for stop in range(min(_MOST_WORDS, len(words)), 0, -1):
        label = " ".join(words[:stop])
        before, mark, behind = label.partition(":")
        if mark and behind and stop > 1:
            continue
        if not patterns("parties")[role].fullmatch(plain(before)):
            continue
        name = " ".join([behind, *words[stop:]]).strip(" :,.-")
        has_mark = bool(mark) or label[-1] in ",-:" or words[stop : stop + 1] in ([":"], ["-"])
        is_m_s = _M_S.fullmatch(before) is not None
        is_phrase = role == "seller" and stop > 1
        if name and not has_mark and not is_m_s and not is_phrase:
            continue
        if _SHORT.fullmatch(plain(before)) and not has_mark and name:
            continue
        return name
    return None


def _beside(segment: Segment, segments: Sequence[Segment]) -> str:
    """The name right of a label that ends in a colon."""
    if not segment.text.rstrip().endswith(":"):
        return ""
    right = [
        other
        for other in segments
        if abs(other.baseline - segment.baseline) < 2
        and 0 < other.x0 - segment.x1 < _BESIDE
        and re.search(r"\w", other.text)
    ]
    first = min(right, key=lambda other: other.x0, default=None)
    if first is None or first.text.rstrip().endswith(":") or is_any_label(first.text):
        return ""
    if is_number_label(" ".join(first.text.split()[:2])):
        return ""
    return first.text


def _block(label: Segment, below: Iterable[Segment]) -> Iterator[Segment]:
    """What stands below a label, aligned with it, until the next label or the box ends."""
    for segment in below:
        if segment.baseline <= label.baseline:
            continue
        if segment.baseline - label.baseline > _BLOCK_HEIGHT:
            return
        if aligned(segment, label):
            if _label(segment.text, "ship") is not None:
                return
            yield segment


def seller_of(segments: Sequence[Segment], box: Sequence[Segment], buyer: Party) -> Party:
    """Who wrote the bill: named as seller, or above the first GSTIN that is not the buyer's."""
    gstin, at = "", None
    shipped = [s for s in segments if _label(s.text, "ship") is not None]
    taken = {*box, *(part for label in shipped for part in _block(label, segments))}
    for segment in segments:
        match = GSTIN.search(segment.text)
        if match and segment not in taken and match[0] != buyer.gstin:
            gstin, at = match[0], segment
            break
    for place, segment in enumerate(segments):
        name = _label(segment.text, "seller")
        if name is None or segment in taken:
            continue
        block = list(_block(segment, segments[place + 1 :]))
        return Party(name or _beside(segment, segments) or (block[0].text if block else ""), gstin)
    above = [s for s in segments if s not in taken and not _is_no_name(s.text)]
    if at is not None and (heading := _heading_of(at, above)):
        return Party(_M_S.sub("", heading.text).strip(), gstin)
    for segment in above:
        name = _M_S.sub("", segment.text).strip() if _M_S.match(segment.text) else segment.text
        if at is None:
            return Party(name, gstin)
        is_above = 0 < at.baseline - segment.baseline <= _BLOCK_HEIGHT
        if is_above and aligned(segment, at):
            return Party(name, gstin)
    return Party("", gstin)


def _heading_of(at: Segment, above: Iterable[Segment]) -> Segment | None:
    """The words in the largest letters right above a tax number, wherever its lines begin."""
    own = [
        segment
        for segment in above
        if 0 < at.baseline - segment.baseline <= _BLOCK_HEIGHT
        and segment.size >= _LARGER * at.size
        and min(segment.x1, at.x1) > max(segment.x0, at.x0)
    ]
    return max(own, key=lambda segment: segment.size, default=None)


def _is_no_name(text: str) -> bool:
    """Whether a text of the head is a title or a label and no name."""
    first = " ".join(text.split()[:3])
    return (
        is_title(text)
        or parse_day(text) is not None
        or any(patterns("parties")[role].fullmatch(plain(text)) for role in ("buyer", "ship"))
        or sum(map(str.isalpha, text)) < 2
        or text.rstrip().endswith(":")
        or any(is_any_label(" ".join(first.split()[:count])) for count in (1, 2, 3))
    )
