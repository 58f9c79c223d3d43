"""What a paper says it is: an invoice, a credit note, or something that is no sale."""

import re
from collections.abc import Iterable, Sequence
from statistics import median

from lucid_orchestration.ingest.pdf.bills import Title
from lucid_orchestration.ingest.pdf.numbers import is_number_label
from lucid_orchestration.ingest.pdf.pages import Page, Segment
from lucid_orchestration.ingest.pdf.places import labels_in, rows_of_segments
from lucid_orchestration.ingest.pdf.vocabulary import (
    first_meaning,
    patterns,
    plain,
    whole_meaning,
    words_pattern,
)

COPY = re.compile(
    r"\(?\s*\b(?:(?:original|duplicate|triplicate|quadruplicate|extra)\b(?:\s*(?:{whose}|copy\b))?|"
    r"(?:office|customer|transporter|supplier|seller|buyer)(?:'s)?\s+(?:{whose}|copy\b))\s*\)?".format(
        whose=r"for\s+(?:the\s+)?(?:recipient|transporter|supplier|buyer|seller|consignee|receipient)\b"
    ),
    re.IGNORECASE,
)
# Of the usual size of letters: a title is larger, and no longer than so many words.
_LARGER = 1.2
_MOST_WORDS = 8
_STAMPS = frozenset({"cancelled", "void", "draft"})
_MEANINGS = {
    "other": Title.OTHER,
    "credit_note": Title.CREDIT_NOTE,
    "tax_invoice": Title.TAX_INVOICE,
    "bill": Title.BILL,
}
_INVOICES = frozenset({Title.BILL, Title.TAX_INVOICE})
_RETURN = re.compile(r"credit (?:note|memo)|sales return|gutschrift|avoir|creditnota|kreditnota")


def find_title(segments: Sequence[Segment], page: Page) -> tuple[Title | None, str]:
    """The largest words that are a title, the topmost of them; None without any."""
    found: list[tuple[float, float, Title, str]] = []
    named: list[tuple[float, float, Title, str]] = []
    usual = median([segment.size for segment in segments]) if segments else 0.0
    for segment in segments:
        title = _title(segment.text) or _offer(segment, usual)
        if title is not None:
            text = " ".join(COPY.sub("", segment.text).casefold().split()).strip(" :*-_.[]")
            text = text if text.endswith(")") and text[:1] != "(" else text.strip("()")
            entry = (-segment.size, segment.baseline, title, _without_number(text))
            is_label = entry[3] != text
            if is_label and title in _INVOICES and _is_of_another(segment.text):
                continue
            # "Order No: 5" in small letters is a detail of a bill as well
            is_detail = is_label and title is Title.OTHER and segment.size < _LARGER * usual
            (named if is_detail else found).append(entry)
    top = min((entry[1] for entry in found), default=0.0)
    # "Quotation No 5" above all titles is one itself
    found += [e for e in named if e[1] < top and words_pattern("offers").search(plain(e[3]))]
    if found:
        _, _, title, text = min(found)
        if words_pattern("either").fullmatch(plain(text)) and not _takes_back(page):
            return None, text
        if title in _INVOICES and words_pattern("returned").search(_key_of(page)):
            return None, text
        # a stamp across the page says more than its title
        stamp = next((f for f in found if f[3] in _STAMPS), None)
        return (Title.OTHER, stamp[3]) if stamp else (title, text)
    title, text = _untitled(segments, page, usual)
    return (title, text) if title is not None or not named else min(named)[2:]


def _untitled(segments: Sequence[Segment], page: Page, usual: float) -> tuple[Title | None, str]:
    """What the labels of a page without a title say that it is; None without any."""
    if words_pattern("not_a_bill").search(_key_of(page)):
        return None, ""
    of_returns = words_pattern("returns")
    if any(_is_large(s, usual) and of_returns.search(plain(s.text)) for s in segments):
        return None, ""
    for segment in segments:
        for label in labels_in(segment, is_number_label):
            if _is_of_another(f"{label.before} {label.label.split()[0]}"):
                continue
            key = plain(label.label)
            if _RETURN.search(key):
                return Title.CREDIT_NOTE, "credit note"
            if first_meaning("titles", key) in {"bill", "tax_invoice", "credit_note"}:
                return Title.BILL, "invoice"
        if re.match(r"(?:tax|gst) invoice\b", plain(segment.text)):
            return Title.TAX_INVOICE, "tax invoice"
    return None, ""


def _key_of(page: Page) -> str:
    return plain(" ".join(line.text for line in page.lines))


def _takes_back(page: Page) -> bool:
    """Whether a credit memo says that it is none of a sale on credit, as it is in India."""
    key = _key_of(page)
    if words_pattern("taken_back").search(key):
        return True
    is_indian = patterns("countries")["INR"].search(key) is not None
    return not is_indian and "invoice" not in key.replace("credit invoice", "")


def is_till_receipt(title: str, page: Page) -> bool:
    """Whether a paper is a till's receipt: one that names a bill is that of its payment.

    One that says anywhere that goods are taken back is none, nor one without a title of its own.
    """
    segments = [segment for row in rows_of_segments(page.lines) for segment in row]
    of_till, of_returns = words_pattern("till_receipts"), words_pattern("till_returns")
    texts = [plain(segment.text) for segment in segments]
    if not of_till.fullmatch(plain(title)) or not any(map(of_till.fullmatch, texts)):
        return False
    if any(map(of_returns.fullmatch, texts)):
        return False
    return not any(
        first_meaning("titles", plain(label.label)) in {"bill", "tax_invoice", "credit_note"}
        for segment in segments
        for label in labels_in(segment, is_number_label)
    )


def _offer(segment: Segment, usual: float) -> Title | None:
    """What words in letters larger than usual are where some of them name an offer."""
    is_offer = _is_large(segment, usual) and words_pattern("offers").search(plain(segment.text))
    return Title.OTHER if is_offer else None


def _is_of_another(text: str) -> bool:
    """Whether a number is that of another paper: "Original Invoice No" is on a note about it."""
    return patterns("number")["not"].search(plain(text)) is not None


def _is_large(segment: Segment, usual: float) -> bool:
    return segment.size >= _LARGER * usual and len(segment.text.split()) <= _MOST_WORDS


def taken_back(pages: Iterable[Page]) -> str:
    """The words with which a paper says, or a stamp on it, that it is no bill; empty without."""
    for page in pages:
        text = plain(" ".join(line.text for line in page.lines))
        said = words_pattern("says_no_bill").search(text)
        if said is not None:
            return said[0]
        stamp = next((s for s in page.stamps if words_pattern("stamps").fullmatch(plain(s))), None)
        if stamp is not None:
            return stamp.casefold()
    return ""


def is_title(text: str) -> bool:
    """Whether a text is a title, the mark of a copy, or nothing."""
    own = [part for part in text.split("/") if plain(COPY.sub("", part))]
    return all(_title(part) is not None for part in own) or _title(text) is not None


def _title(text: str) -> Title | None:
    plain_text = COPY.sub("", text)
    for candidate in (plain_text, text, _without_number(plain_text), _squeezed(plain_text)):
        meaning = whole_meaning("titles", candidate) if candidate else None
        if meaning is not None:
            return _MEANINGS[meaning]
    parts = [_title(part) for part in plain_text.split("/")] if "/" in plain_text else []
    if parts and set(parts) <= _INVOICES:
        return parts[0]
    # "INVOICE (PROFORMA)" takes itself back
    key = plain(plain_text)
    rest = words_pattern("stamps").sub(" ", key)
    return Title.OTHER if rest != key and whole_meaning("titles", rest) else None


def _squeezed(text: str) -> str:
    """`I N V O I C E`: letters set apart are one word."""
    words = text.split()
    return "".join(words) if len(words) > 3 and all(len(word) == 1 for word in words) else ""


def _without_number(text: str) -> str:
    """A title without the number and date behind it."""
    words = text.split()
    for stop in range(1, min(len(words), 7)):
        rest = words[stop]
        is_number = re.search(r"\d", rest) or rest.startswith("#")
        is_sign = patterns("number")["sign"].fullmatch(plain(rest)) and stop + 1 < len(words)
        if is_number or is_sign:
            title = " ".join(words[:stop])
            return title if len(words) - stop <= 4 else text
    return text
