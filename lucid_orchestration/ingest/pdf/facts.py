"""The head of a bill: what it is, its number and date, who wrote it and to whom."""

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence

from lucid_orchestration.ingest.pdf.bills import Facts, Party, Title
from lucid_orchestration.ingest.pdf.columns import find_header
from lucid_orchestration.ingest.pdf.pages import Line, Page, Segment
from lucid_orchestration.settings import project_vars

GSTIN = re.compile(r"\b\d{2}[A-Z]{5}\d{4}[A-Z][0-9A-Z]Z[0-9A-Z]\b")
COPY = re.compile(
    r"\(?\s*\b(?:original|duplicate|triplicate|quadruplicate|extra|office|customer|transporter|"
    r"supplier|seller|buyer)(?:'s)?\s*(?:for\s+(?:the\s+)?(?:recipient|transporter|supplier|buyer|"
    r"seller|consignee|receipient)|copy)?\s*\)?",
    re.IGNORECASE,
)
_TITLES = (
    (
        Title.OTHER,
        r"(?:sales? |price )?quotation|quote|(?:sales? )?estimate|pro[\s-]?forma(?: invoice)?"
        r"|(?:delivery |job work )?challan|delivery note|packing (?:list|slip)|way ?bill"
        r"|(?:purchase|sales?|work|job) order|order(?: confirmation| form)?|debit note"
        r"|(?:payment |cash |money )?receipt|payment (?:advice|voucher)|receipt voucher"
        r"|(?:account )?statement(?: of account)?|ledger|dispatch advice|cancelled|void|draft"
        r"|(?:cancelled|draft) (?:tax )?invoice|e-?way bill",
    ),
    (Title.CREDIT_NOTE, r"(?:gst |tax )?credit (?:note|memo)|sales? return(?: invoice)?"),
    (
        Title.TAX_INVOICE,
        r"(?:gst |retail )?tax invoice(?: ?/ ?bill of supply ?/ ?cash memo)?|gst (?:invoice|bill)"
        r"|tax invoice ?[/(&,-].*",
    ),
    (
        Title.BILL,
        r"(?:retail |sales? |commercial |cash |export )?(?:invoice|bill|memo)|bill of supply"
        r"|cash/credit (?:memo|bill)|invoice[ -]cum[ -].*",
    ),
)
_TITLE_PATTERNS = tuple((title, re.compile(pattern)) for title, pattern in _TITLES)
_NOT_AN_INVOICE = re.compile(
    r"\b(?:quotation|estimate|pro[\s-]?forma|challan no|purchase order no|receipt no)\b",
    re.IGNORECASE,
)
_NUMBER_LABEL = (
    r"(?:(?:tax|gst|sales?|retail|vch|voucher)\s+)?(?:invoice|inv|bill|memo|credit\s+note|cr\.?\s*note|"
    r"cn|note|document|doc|estimate|quotation|challan|receipt)"
    r"\s*\.?\s*(?:no\b|nr\b|num\b|number|#)\s*\.?"
)
_VALUE = r"(?P<value>[A-Z0-9][A-Z0-9/_\\.-]*)"
_NUMBER_INLINE = re.compile(
    rf"(?<![\w-])(?<!way )(?P<label>{_NUMBER_LABEL})\s*[:#-]*\s*{_VALUE}", re.IGNORECASE
)
_NUMBER_ALONE = re.compile(rf"(?<!way ){_NUMBER_LABEL}\s*[:-]*", re.IGNORECASE)
_BARE_NUMBER = re.compile(rf"(?:No|#)\s*\.?\s*[:-]\s*{_VALUE}", re.IGNORECASE)
_BARE_ALONE = re.compile(r"#\s*:?|No\.?\s*:?", re.IGNORECASE)
_DETAILS = re.compile(r"(?:invoice|return|bill|credit note)\s+details\s*:?", re.IGNORECASE)
_IS_VALUE = re.compile(rf"[:#\s-]*{_VALUE}", re.IGNORECASE)
_OTHER_NUMBERS = re.compile(
    r"e-?way\s*bill|ack|order|account|a/c|irn\b|orig|against|ref", re.IGNORECASE
)
_RETURN_LABEL = re.compile(r"\b(?:credit|cr|cn|note|return)\b", re.IGNORECASE)
_DATE_LABEL = re.compile(
    r"(?P<kind>credit note|invoice|inv\.?|bill|memo|note|return|issue|doc(?:ument)?)?\s*"
    r"(?:\bdate(?:d)?|\bdt)\b\.?(?:\s+of\s+(?:invoice|issue))?",
    re.IGNORECASE,
)
_OTHER_DATES = re.compile(
    r"\b(?:due|orig\w*(?:\s+invoice)?|ref\w*|order|p\.?o\.?|delivery|expiry|exp|ack|challan|dispatch|despatch|ship\w*|supply|"
    r"print\w*|valid\w*|payment|lr|e-?way)\s*[.']?s?\s*(?:no\.?\s*&?\s*)?(?:dated?|dt)",
    re.IGNORECASE,
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DATES = (
    (re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})\b"), True),
    (
        re.compile(
            r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)?[\s./-]*(?P<n>[A-Za-z]{3,9})[\s.,/'-]*"
            r"(?P<y>\d{4}|\d{2})\b"
        ),
        True,
    ),
    (
        re.compile(r"\b(?P<n>[A-Za-z]{3,9})\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})\b"),
        True,
    ),
    (
        re.compile(r"(?<![\d/.-])(?P<d>\d{1,2})([/.-])(?P<m>\d{1,2})\2(?P<y>\d{4}|\d{2})(?!\d)"),
        False,
    ),
)
_LATEST_YEAR = 2100
_BUYER_LABEL = re.compile(
    r"(?P<label>bill(?:ed)?\s*to|buyer(?:\s*\(bill to\))?|billing\s+address|sold\s+to|"
    r"customer(?:\s*(?:name|details))?|party(?:\s*(?:name|details))?|invoice\s+to|return\s+from|"
    r"details\s+of\s+(?:receiver|buyer|recipient)[^:]*|m/s\.?|to)\s*(?P<mark>[:,.-]*)\s*"
    r"(?P<name>.*)",
    re.IGNORECASE,
)
_NEEDS_MARK = frozenset({"to", "party", "customer", "buyer"})
_SHIP_LABEL = re.compile(
    r"(?:ship(?:ped|ping)?\s*(?:to|address)|consignee|deliver\w*\s*to).*", re.IGNORECASE
)
_SELLER_LABEL = re.compile(
    r"(?:sold\s+by|seller|supplier|bill\s+from|from)\s*[:,]+\s*(?P<name>.*)", re.IGNORECASE
)
_SAME_EDGE = 6.0
_BLOCK_HEIGHT = 75.0
_VALUE_BELOW = 18.0


def read_facts(page: Page) -> Facts:
    """What the head of a page shows; it ends where the table of items begins."""
    header = find_header(page, is_ruled=False) or find_header(page, is_ruled=True)
    lines = page.lines[: header.first] if header else page.lines[:40]
    segments = [segment for line in lines for segment in line.segments]
    title, title_text = _title(segments, page)
    is_return = title is Title.CREDIT_NOTE
    number, at = _number(lines, is_return=is_return)
    date, is_certain = _date(lines, at, is_return=is_return)
    buyer, block = _buyer(segments)
    seller = _seller(segments, block, buyer)
    return Facts(title, title_text, number, date, is_certain, seller, buyer)


def _title(segments: Sequence[Segment], page: Page) -> tuple[Title | None, str]:
    """The largest words that are a title, the topmost of them; None without any."""
    found: list[tuple[float, float, Title, str]] = []
    for segment in segments:
        text = COPY.sub("", segment.text)
        text = " ".join(text.casefold().split()).strip(" :*-_.()[]")
        for title, pattern in _TITLE_PATTERNS:
            if pattern.fullmatch(text):
                found.append((-segment.size, segment.baseline, title, text))
                break
    if found:
        _, _, title, text = min(found)
        # a stamp across the page says more than its title
        stamp = next((f for f in found if f[3] in ("cancelled", "void", "draft")), None)
        return (Title.OTHER, stamp[3]) if stamp else (title, text)
    head = " ".join(segment.text for segment in segments)
    if not _NOT_AN_INVOICE.search(head) and not _NOT_AN_INVOICE.search(_all_text(page)):
        for segment in segments:
            text = " ".join(segment.text.casefold().split())
            if re.match(r"(?:tax|gst) invoice\b", text):
                return Title.TAX_INVOICE, "tax invoice"
            if re.match(r"(?:tax |gst )?(?:invoice|bill)\s*(?:no|number|#)", text):
                return Title.BILL, "invoice"
    return None, ""


def _all_text(page: Page) -> str:
    return " ".join(line.text for line in page.lines)


def _number(lines: Sequence[Line], *, is_return: bool) -> tuple[str, Segment | None]:
    """The number that stands beside or below a label of an invoice's number, and the label.

    A credit note often names the invoice it corrects as well; its own label goes first.
    """
    found: list[tuple[str, Segment]] = []
    for finder in (_number_beside, _number_below, _bare_number):
        # a number has a digit; a word is another label
        found += [item for item in finder(lines) if re.search(r"\d", item[0])]
    if is_return:
        found.sort(key=lambda item: not _RETURN_LABEL.search(item[1].text))
    for number, segment in found:
        return number.rstrip(".-/"), segment
    return "", None


def _number_beside(lines: Sequence[Line]) -> Iterator[tuple[str, Segment]]:
    for line in lines:
        segments = line.segments
        for place, segment in enumerate(segments):
            for match in _NUMBER_INLINE.finditer(segment.text):
                if not _OTHER_NUMBERS.search(segment.text[: match.end("label")]):
                    yield match["value"], segment
            following = segments[place + 1] if place + 1 < len(segments) else None
            if _NUMBER_ALONE.fullmatch(segment.text) and following is not None:
                beside = _IS_VALUE.fullmatch(following.text)
                if beside and not _OTHER_NUMBERS.search(segment.text):
                    yield beside["value"], segment


def _number_below(lines: Sequence[Line]) -> Iterator[tuple[str, Segment]]:
    for place, line in enumerate(lines):
        for segment in line.segments:
            if _NUMBER_ALONE.fullmatch(segment.text) and not _OTHER_NUMBERS.search(segment.text):
                below = _below(segment, lines[place + 1 :])
                match = _IS_VALUE.fullmatch(below.text) if below else None
                if match:
                    yield match["value"], segment


def _bare_number(lines: Sequence[Line]) -> Iterator[tuple[str, Segment]]:
    """`No: 101` below "Invoice Details", and `# : INV-101` of Zoho."""
    for place, line in enumerate(lines):
        segments = line.segments
        for position, segment in enumerate(segments):
            is_section = any(
                _DETAILS.fullmatch(upper.text) and abs(upper.x0 - segment.x0) < _SAME_EDGE
                for earlier in lines[max(place - 3, 0) : place]
                for upper in earlier.segments
            )
            match = _BARE_NUMBER.fullmatch(segment.text)
            if match and (is_section or segment.text.startswith("#")):
                yield match["value"], segment
            following = segments[position + 1] if position + 1 < len(segments) else None
            if segment.text.rstrip(" :") == "#" and following is not None:
                match = _IS_VALUE.fullmatch(following.text)
                if match:
                    yield match["value"], segment


def _below(label: Segment, lines: Iterable[Line]) -> Segment | None:
    """The words below a label in the same box."""
    for line in lines:
        if line.baseline - label.baseline > _VALUE_BELOW:
            return None
        for segment in line.segments:
            if abs(segment.x0 - label.x0) < _SAME_EDGE:
                return segment
    return None


def _date(
    lines: Sequence[Line], number: Segment | None, *, is_return: bool
) -> tuple[datetime.date | None, bool]:
    """The date beside or below a label of the bill's date; the one nearest to the number."""
    found: list[tuple[int, float, datetime.date, bool]] = []
    for place, line in enumerate(lines):
        segments = line.segments
        for position, segment in enumerate(segments):
            for label in _DATE_LABEL.finditer(segment.text):
                if _OTHER_DATES.search(segment.text[: label.end()]):
                    continue
                rest = segment.text[label.end() :]
                following = segments[position + 1].text if position + 1 < len(segments) else ""
                below = _below(segment, lines[place + 1 :])
                is_alone = not rest.strip(" :-")
                value = (
                    parse_date(rest)
                    or (parse_date(following) if is_alone else None)
                    or (parse_date(below.text) if below and is_alone else None)
                )
                if value is not None:
                    distance = abs(segment.baseline - number.baseline) if number else 0.0
                    found.append((_rank(label["kind"], is_return), distance, *value))
    if not found:
        return None, True
    _, _, date, is_certain = min(found)
    return date, is_certain


def _rank(kind: str | None, is_return: bool) -> int:
    """The date of the document by name, before any other; on a return that of the invoice last."""
    if kind is None:
        return 1
    return 2 if is_return and not _RETURN_LABEL.search(kind) else 0


def parse_date(text: str) -> tuple[datetime.date, bool] | None:
    """The first date in a text, day first where both orders are possible; whether it is certain."""
    for pattern, is_certain in _DATES:
        match = pattern.search(text)
        if match is None:
            continue
        parts = match.groupdict()
        year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
        day = int(parts["d"])
        if "n" in parts:
            name = parts["n"][:3].casefold()
            if name not in _MONTHS:
                continue
            month = _MONTHS.index(name) + 1
        else:
            month = int(parts["m"])
        certain = is_certain or day > 12 or day == month or month > 12
        if not is_certain and month > 12:
            day, month = month, day
        if not project_vars()["earliest_year"] <= year <= _LATEST_YEAR:
            return None
        try:
            return datetime.date(year, month, day), certain
        except ValueError:
            continue
    return None


def _buyer(segments: Sequence[Segment]) -> tuple[Party, tuple[Segment, ...]]:
    """The buyer, and the words of the buyer's box."""
    for place, segment in enumerate(segments):
        match = _BUYER_LABEL.fullmatch(segment.text.strip())
        if match is None:
            continue
        label, mark, name = match["label"].casefold(), match["mark"], match["name"].strip()
        if name and not mark and not label.startswith("m/s"):
            continue
        if label in _NEEDS_MARK and not mark and name:
            continue
        block = tuple(_block(segment, segments[place + 1 :]))
        first = next((s.text for s in block if not GSTIN.search(s.text)), "")
        name = name or re.sub(r"^(?:name|m/s\.?)\s*[:.-]?\s*", "", first, flags=re.IGNORECASE)
        gstin = next((m[0] for s in (segment, *block) if (m := GSTIN.search(s.text))), "")
        return Party(COPY.sub("", name).strip(" :,") or name, gstin), (segment, *block)
    return Party(), ()


def _block(label: Segment, below: Iterable[Segment]) -> Iterator[Segment]:
    """What stands below a label, aligned with it, until the next label or the box ends."""
    for segment in below:
        if segment.baseline <= label.baseline:
            continue
        if segment.baseline - label.baseline > _BLOCK_HEIGHT:
            return
        if _aligned(segment, label):
            if _SHIP_LABEL.fullmatch(segment.text):
                return
            yield segment


def _aligned(one: Segment, other: Segment) -> bool:
    centres = abs((one.x0 + one.x1) - (other.x0 + other.x1)) / 2
    return (
        abs(one.x0 - other.x0) < _SAME_EDGE or abs(one.x1 - other.x1) < _SAME_EDGE or centres < 4.0
    )


def _seller(segments: Sequence[Segment], buyer: Sequence[Segment], of: Party) -> Party:
    """Who wrote the bill: named as seller, or above the first GSTIN that is not the buyer's."""
    gstin, at = "", None
    shipped = [s for s in segments if _SHIP_LABEL.fullmatch(s.text.strip())]
    taken = {*buyer, *(part for label in shipped for part in _block(label, segments))}
    for segment in segments:
        match = GSTIN.search(segment.text)
        if match and segment not in taken and match[0] != of.gstin:
            gstin, at = match[0], segment
            break
    for place, segment in enumerate(segments):
        match = _SELLER_LABEL.fullmatch(segment.text.strip())
        if match:
            block = list(_block(segment, segments[place + 1 :]))
            return Party(match["name"] or (block[0].text if block else ""), gstin)
    for segment in segments:
        if segment in taken or _is_title(segment.text):
            continue
        if at is None:
            return Party(segment.text, gstin)
        is_above = 0 < at.baseline - segment.baseline <= _BLOCK_HEIGHT
        if is_above and _aligned(segment, at):
            return Party(segment.text, gstin)
    return Party("", gstin)


def _is_title(text: str) -> bool:
    plain = COPY.sub("", text)
    plain = " ".join(plain.casefold().split()).strip(" :*-_.()[]")
    return not plain or any(pattern.fullmatch(plain) for _, pattern in _TITLE_PATTERNS)
