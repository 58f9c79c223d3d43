"""What kind of document the rows of a file are, judged by all texts of its columns together."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lucid_orchestration.ingest.kinds import DOCUMENT_FIELDS
from lucid_orchestration.ingest.layout.document_columns import (
    asks_why,
    flag_outcome,
    is_day,
    named_fields,
    says_it_stands,
)
from lucid_orchestration.ingest.layout.documents import (
    RETURN_CANCELLED,
    TAKEN_BACK,
    Outcome,
    folded,
    is_no,
    is_nothing,
    is_yes,
    said,
)
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Severity
from lucid_orchestration.ingest.tables import Table

# The texts of a row in the columns that speak of its document.
Texts = tuple[str, ...]
# So many words nobody knows are named one by one; a column with more is of something else.
MOST_UNKNOWN = 20
# More combinations of texts than any shop has kinds of documents.
MOST_TEXTS = 5_000
_WORDS_SHOWN = 5
_STANDING = frozenset({"sale", "done", "partial", RETURN_CANCELLED})


@dataclass(frozen=True)
class Judged:
    """Rows of raw_documents without their file: combinations of texts that are not plain sales."""

    rows: tuple[dict[str, Any], ...]
    issues: tuple[Issue, ...]


def judge(
    tables: Sequence[Table],
    texts: Mapping[str, Counter[Texts]],
    told: Mapping[str, Outcome],
) -> Judged:
    """What each combination of texts means; `texts` counts them by sheet.

    `told` is what the owner says of words.
    """
    columns = [
        _Column(name, tables, texts, place, {folded(word): told[word] for word in told})
        for place, name in enumerate(DOCUMENT_FIELDS)
    ]
    defaults = {table.sheet: table.layout.document for table in tables}
    rows = []
    left_out: Counter[str] = Counter()
    for sheet, combinations in texts.items():
        for combination, count in combinations.items():
            found = [
                column.verdict(text) for column, text in zip(columns, combination, strict=True)
            ]
            outcome, word = _together(found, defaults.get(sheet))
            if outcome == "ignored":
                left_out[" / ".join(filter(None, combination))] += count
            if outcome != "sale" or word is not None:
                rows.append(
                    {
                        "sheet": sheet,
                        **dict(zip(DOCUMENT_FIELDS, combination, strict=True)),
                        "outcome": outcome,
                        "word": word,
                    }
                )
    issues = [issue for column in columns for issue in column.issues()]
    if 0 < left_out.total() == sum(found.total() for found in texts.values()):
        issues.append(_nothing_sold(left_out))
    elif left_out:
        issues.append(_partly_sold(left_out))
    return Judged(tuple(rows), tuple(issues))


def _nothing_sold(left_out: Counter[str]) -> Issue:
    """A file of which every row is left out may be one whose words Lucid takes wrongly."""
    words = [word for word, _ in left_out.most_common(_WORDS_SHOWN)]
    named = ", ".join(f'"{word}"' for word in words)
    return Issue(
        Severity.WARNING,
        "no_sales_by_document",
        f"Each of the {left_out.total()} rows is said to be no sale ({named}), so that nothing of "
        "this file counts. If they are sales, say so in mapping.yml, for instance: documents: "
        f'{{"{words[0].split(" / ")[-1]}": sale}}.',
    )


def _partly_sold(left_out: Counter[str]) -> Issue:
    """Which documents of a register are no sales, and how many rows they have."""
    named = ", ".join(f'"{word}" ({count})' for word, count in left_out.most_common(_WORDS_SHOWN))
    more = ", …" if len(left_out) > _WORDS_SHOWN else ""
    word = left_out.most_common(1)[0][0].split(" / ")[-1]
    return Issue(
        Severity.NOTE,
        "documents_left_out",
        f"{left_out.total()} row(s) are no sales by what they are called, and were not counted: "
        f"{named}{more}. If one of these is a sale, say so in mapping.yml, for instance: "
        f'documents: {{"{word}": sale}}.',
    )


@dataclass(frozen=True)
class _Verdict:
    """What one cell says: an outcome of a row, null for nothing, and the word in question."""

    outcome: str | None
    word: str | None = None
    is_doubtful: bool = False


_NOTHING = _Verdict(None)


def _together(found: Sequence[_Verdict], default: Outcome | None) -> tuple[str, str | None]:
    """What the cells of a row say together."""
    of_type, *states = found
    if default is not None and (of_type.outcome is None or of_type.is_doubtful):
        of_type = _Verdict(default)
    outcomes = [of_type.outcome, *(state.outcome for state in states)]
    doubtful = [verdict for verdict in (of_type, *states) if verdict.is_doubtful]
    if "ignored" in outcomes:
        word = next((verdict.word for verdict in found if verdict.outcome == "ignored"), None)
        return "ignored", word
    if "unknown" in outcomes:
        return "unknown", next(v.word for v in doubtful if v.outcome == "unknown")
    if "sale_return" in outcomes:
        return "sale_return", None
    if "returned" in outcomes:
        return "returned", next(v.word for v in found if v.outcome == "returned")
    return "sale", doubtful[0].word if doubtful else None


class _Column:
    """The texts of one of the columns, over all sheets of a file."""

    def __init__(
        self,
        name: str,
        tables: Sequence[Table],
        texts: Mapping[str, Counter[Texts]],
        place: int,
        told: Mapping[str, Outcome],
    ) -> None:
        self._is_type = name == "document_type"
        # of a list of returns, one that did not come about is nothing
        self._are_returns = all(table.layout.document == "sale_return" for table in tables)
        headings = (named_fields(table.layout).get(name, "") for table in tables)
        self.heading = next(filter(None, headings), "")
        self._is_of_standing = not self._is_type and says_it_stands(self.heading)
        heads = {folded(text) for table in tables for text in table.layout.heads}
        self._told = {**(dict.fromkeys(heads, "ignored") if self._is_type else {}), **told}
        counts: Counter[str] = Counter()
        for combinations in texts.values():
            for combination, count in combinations.items():
                text = combination[place]
                if not self._is_silent(text):
                    counts[text] += count
        said_there = {said(text).meaning for text in counts}
        # in a column of types that are states, the bills are those of the sales
        self._is_state = not self._is_type or (
            "done" in said_there and said_there.isdisjoint({"sale", "order", "quote"})
        )
        self._has_sales = "sale" in said_there
        self._is_wary = False
        known = sum(counts[text] for text in counts if self._known(text) is not None)
        # where most texts say nothing, one that happens to hold a word says nothing either
        self._is_wary = self._is_type and 2 * known <= counts.total()
        verdicts = {text: self._known(text) for text in counts}
        self._has_known = any(verdict is not None for verdict in verdicts.values())
        self._unknown = [text for text in counts if verdicts[text] is None]
        # beside words of which none says sale, what nobody knows must say so
        self._is_known = 2 * known > counts.total() and "sale" in verdicts.values()
        self._is_named = self._is_known or (
            len(self._unknown) <= MOST_UNKNOWN and (self._has_known or self._is_state)
        )

    def verdict(self, text: str) -> _Verdict:
        """What a cell says of its row."""
        if self._is_silent(text):
            return _NOTHING
        known = self._known(text)
        if known is not None:
            return _Verdict(known, text.strip())
        if not self._is_named:
            return _NOTHING
        return _Verdict("unknown" if self._is_known else "sale", text.strip(), is_doubtful=True)

    def issues(self) -> Iterator[Issue]:
        """What to say of a column whose words say nothing about documents."""
        if not self._unknown or self._is_named:
            return
        shown = ", ".join(text.strip() for text in self._unknown[:_WORDS_SHOWN])
        more = ", …" if len(self._unknown) > _WORDS_SHOWN else ""
        yield Issue(
            Severity.WARNING if self._is_state else Severity.NOTE,
            "documents_not_named",
            f'"{self.heading.strip()}" holds words Lucid does not know as kinds of a document '
            f"({shown}{more}): rows with them count as sales. If one says that a row is none, say "
            f'so in mapping.yml, such as: documents: {{"{self._unknown[0].strip()}": ignored}}.',
        )

    def _is_silent(self, text: str) -> bool:
        if self._is_of_standing and is_no(text):
            return False
        return not text or is_nothing(text)

    def _known(self, text: str) -> str | None:
        """The outcome of a text, null where nobody knows it."""
        if folded(text) in self._told:
            return self._told[folded(text)]
        return self._state(text) if self._is_state else self._type(text)

    def _type(self, text: str) -> str | None:
        found = said(text)
        if found.meaning is None or (self._is_wary and not found.is_whole):
            return None
        if found.meaning in TAKEN_BACK | {"partial"}:
            return "sale_return"
        if found.meaning == "order":
            return "ignored" if self._has_sales else "sale"
        return "sale" if found.meaning in {"sale", "done"} else "ignored"

    def _state(self, text: str) -> str | None:
        found, of = said(text), said(self.heading).meaning
        if self._is_of_standing and (is_yes(text) or is_no(text)):
            return "sale" if is_yes(text) else "ignored"
        if of in TAKEN_BACK | {"cancelled"} and asks_why(self.heading):
            if found.is_negated and found.meaning == "sale":
                return "sale"
            return "returned" if of in TAKEN_BACK else "ignored"
        if is_day(text):
            return "returned" if of in TAKEN_BACK else "ignored"
        if is_yes(text):
            return flag_outcome(self.heading)
        if of in TAKEN_BACK and found.meaning not in TAKEN_BACK | {"partial"}:
            # the fate of a return: only one that did not come about leaves the sale
            is_off = found.meaning == "cancelled" or found.is_negated
            stands = "ignored" if self._are_returns else "sale"
            return stands if is_off else "returned"
        if of in {"payment"} and found.meaning in {None, "payment", "pending"}:
            return "sale"
        if found.meaning is None:
            return None
        if found.meaning in TAKEN_BACK:
            return "returned"
        if found.meaning == "sales_order":
            return "sale"  # as a state it is an offer that was accepted
        return "sale" if found.meaning in _STANDING else "ignored"


def speaks_of_documents(layout: Layout) -> bool:
    """Whether anything in a table says which kind of document its rows are."""
    return layout.kind == "sales" and (
        layout.document is not None or not layout.columns.keys().isdisjoint(DOCUMENT_FIELDS)
    )


def too_many_texts(layout: Layout, found: Iterable[Texts]) -> RefusedError:
    """A column taken for one of documents that holds something else in nearly every row."""
    different = [len(set(texts)) for texts in zip(*found, strict=True)]
    heading = named_fields(layout)[DOCUMENT_FIELDS[different.index(max(different))]].strip()
    return RefusedError(
        "ambiguous_column",
        f'"{heading}" should say which kind of document a row is and holds thousands of different '
        f'texts. If it means something else, put this into mapping.yml: columns: {{"{heading}": '
        "ignore}.",
    )
