"""What an owner should know about a book: what was left out, and what does not look right."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from lucid_orchestration.formatting import percent, quantity
from lucid_orchestration.ingest.outcomes import Issue, Severity
from lucid_orchestration.ingest.vyapar.amounts import ZERO, is_day, money, number
from lucid_orchestration.ingest.vyapar.book import (
    PURCHASE,
    PURCHASE_RETURN,
    SALE,
    SALE_RETURN,
    STOCK_ITEM,
    Book,
    Document,
    Tally,
)

# More than this part of the sales set aside for their state is worth a look.
LARGE_SHARE = Decimal("0.05")
_NAMES_SHOWN = 5
_TYPES = {
    "3": "payment in",
    "4": "payment out",
    "5": "opening receivable",
    "6": "opening payable",
    "7": "expense",
    "24": "sale order",
    "27": "estimate",
    "28": "purchase order",
    "29": "other income",
    "30": "delivery challan",
    "50": "party transfer",
    "51": "party transfer",
    "60": "fixed asset",
    "61": "fixed asset",
    "65": "cancelled document",
    "70": "stock movement",
    "71": "manufacturing",
    "81": "journal entry",
    "82": "job work",
    "83": "proforma",
    "90": "other income",
}
_READ_TYPES = {
    SALE: "sale",
    SALE_RETURN: "credit note",
    PURCHASE: "purchase",
    PURCHASE_RETURN: "purchase return",
}
_STATES = {"2": "state 2, such as a draft", "3": "state 3, such as cancelled"}


def remarks(book: Book, taken_at: str | None) -> list[Issue]:
    """Everything worth saying about a book that was read."""
    sales = [found for found in book.documents if found.document_type in (SALE, SALE_RETURN)]
    others = [found for found in book.documents if found.document_type not in (SALE, SALE_RETURN)]
    return [
        *_summary(sales, taken_at),
        *_ignored(book),
        *_not_live(book, sales),
        *_without_items(sales, others),
        *_outside_products(sales),
        *_lost_lines(book),
        *_repeated_numbers(book.documents),
        *_stock(book),
        *_firms(book),
    ]


def _note(code: str, message: str) -> Issue:
    return Issue(Severity.NOTE, code, message)


def _warning(code: str, message: str) -> Issue:
    return Issue(Severity.WARNING, code, message)


def _summary(sales: Sequence[Document], taken_at: str | None) -> Iterator[Issue]:
    latest = max((found.date for found in sales if is_day(found.date)), default="")
    made = f"Backup of {taken_at.replace('T', ' ')}" if taken_at else "Backup of an unknown day"
    found = f"the latest of {latest}" if latest else "none dated"
    yield _note("book_read", f"{made} with {len(sales)} live sales and credit notes, {found}.")


def _ignored(book: Book) -> Iterator[Issue]:
    if book.ignored:
        yield _note(
            "documents_ignored",
            "Left out, being neither sale, purchase nor return: "
            f"{_listed((_type_name(code), tally) for code, tally in _by_code(book.ignored))}.",
        )
    if book.recycled_count:
        yield _note(
            "documents_deleted",
            f"{book.recycled_count} deleted document(s) in Vyapar's recycle bin are not counted.",
        )


def _by_code(ignored: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    return sorted(ignored.items(), key=lambda item: (number(item[0]) or ZERO, item[0]))


def _type_name(code: str) -> str:
    return f"{_TYPES[code]} (type {code})" if code in _TYPES else f"unknown type {code}"


def _not_live(book: Book, sales: Sequence[Document]) -> Iterator[Issue]:
    if not book.not_live:
        return
    aside = sum((tally.value for (code, _), tally in book.not_live.items() if code == SALE), ZERO)
    live = sum((abs(document.total or ZERO) for document in sales), ZERO)
    message = "Left out, not being live: " + _listed(
        (f"{_READ_TYPES[code]} in {_STATES.get(status, f'state {status}')}", tally)
        for (code, status), tally in sorted(book.not_live.items())
    )
    if aside > live * LARGE_SHARE:
        yield _warning(
            "documents_not_live",
            f"{message}. That is much beside live sales of {money(live)}: compare with Vyapar's "
            "own sale report.",
        )
    else:
        yield _note("documents_not_live", f"{message}.")


def _listed(tallies: Iterable[tuple[str, Tally]]) -> str:
    return ", ".join(
        f"{name}: {tally.count} document(s) worth {money(tally.value)}" for name, tally in tallies
    )


def _without_items(sales: Sequence[Document], others: Sequence[Document]) -> Iterator[Issue]:
    for documents, outcome in (
        (sales, "They count as revenue, in no product."),
        (others, "They were left out: nothing says what was bought."),
    ):
        bare = [document for document in documents if not document.lines and document.total]
        if bare:
            value = sum((abs(document.total or ZERO) for document in bare), ZERO)
            kind = "sale(s)" if documents is sales else "purchase(s)"
            yield _note(
                "documents_without_items",
                f"{len(bare)} {kind} worth {money(value)} have a total and no items. {outcome}",
            )
    unknown = [found for found in (*sales, *others) if not found.lines and not found.total]
    if unknown:
        yield _note(
            "empty_documents",
            f"{len(unknown)} document(s) have neither items nor a readable total and do not count.",
        )


def _outside_products(sales: Sequence[Document]) -> Iterator[Issue]:
    signed = [(document, -1 if document.document_type == SALE_RETURN else 1) for document in sales]
    charges = sum((document.charges * sign for document, sign in signed), ZERO)
    rounding = sum((document.round_off * sign for document, sign in signed), ZERO)
    if charges or rounding:
        yield _note(
            "charges_left_out",
            f"Additional charges of {money(charges)} (freight, packing and the like, with tax) and "
            f"round-offs of {money(rounding)} on sales are no product revenue and were left out.",
        )


def _lost_lines(book: Book) -> Iterator[Issue]:
    if book.orphan_line_count:
        yield _warning(
            "orphan_lines",
            f"{book.orphan_line_count} line(s) belong to no document of the book, so neither their "
            "day nor their kind is known; they were left out. In Vyapar choose Utilities, then "
            "Verify My Data.",
        )
    unknown = sum(
        line.item_id not in book.items for document in book.documents for line in document.lines
    )
    if unknown:
        yield _warning(
            "lines_of_unknown_items",
            f"{unknown} line(s) name an item that is not in the book and are refused.",
        )
    if not book.has_line_tax:
        yield _warning(
            "tax_unknown",
            "This old book keeps no tax per line; if amounts include tax, revenue does too.",
        )


def _repeated_numbers(documents: Iterable[Document]) -> Iterator[Issue]:
    counted = Counter(
        (document.document_type, document.firm, document.number, document.date[:4])
        for document in documents
        if document.number and document.document_type in (SALE, SALE_RETURN)
    )
    repeated = [number for (_, _, number, _), count in counted.items() if count > 1]
    if repeated:
        yield _note(
            "repeated_document_numbers",
            f"{len(repeated)} number(s) stand on several sales of a year, such as "
            f"{_some(repeated)}. All of them count.",
        )


def _stock(book: Book) -> Iterator[Issue]:
    stocked = [item for item in book.items.values() if item.item_type == STOCK_ITEM]
    if not book.has_stock:
        return
    negative = [item for item in stocked if (number(item.stock) or ZERO) < 0]
    if negative:
        share = Decimal(len(negative)) / len(stocked)
        message = (
            f"{len(negative)} of {len(stocked)} items ({percent(share)}) have a stock below zero, "
            f"such as {_some([item.name for item in negative])}: their purchases were not entered, "
            "so their stock cannot be relied on."
        )
        yield _note("negative_stock", message)
    left = [item for item in stocked if not item.is_active and (number(item.stock) or ZERO) > 0]
    if left:
        yield _note(
            "inactive_items_in_stock",
            f"{len(left)} item(s) are switched off or deleted in Vyapar and still have stock, such "
            f"as {left[0].name} ({quantity(number(left[0].stock))}). The stock counts.",
        )


def _firms(book: Book) -> Iterator[Issue]:
    if len(book.firms) > 1:
        yield _note(
            "several_firms",
            f"The book holds {len(book.firms)} firms: {_some([f.name for f in book.firms])}. Sales "
            "are told apart by firm; Vyapar keeps one stock for all of them.",
        )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown} and {len(names) - _NAMES_SHOWN} more"
