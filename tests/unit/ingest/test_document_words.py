"""Words say what kind of document a text names, in any language, alone and together."""

import pytest
import yaml

from lucid_orchestration.ingest.layout.documents import (
    BY_STRENGTH,
    RETURN_CANCELLED,
    WORDS,
    folded,
    is_nothing,
    is_yes,
    said,
)

MEANINGS = {
    "sale": [
        "Sales - Retail", "TAX INVOICE", "POS Invoice", "Credit sale", "Bank transfer",
        "Sales receipt", "GST Return", "Not returned", "Non-refundable", "Not paid",
        "Barverkauf", "Onlineverkäufe", "Nº Factura", "N.º Fatura", "No. Venta",
        "Verkaufsrechnung", "Factura simplificada", "Vente comptoir", "Sprzedaż",
        "Satış Faturası", "Реализация", "बिक्री बिल", "销售发票", "売上",
    ],
    "order": [
        "Order", "Receipt", "Bestellung", "Pedido web", "Заказ", "訂單",
    ],
    "pending": [
        "On-Hold", "Payment pending", "Awaiting confirmation", "En attente", "Menunggu",
        "Ожидает", "待发",
    ],
    "done": [
        "Order delivered", "Out for delivery", "Paid - shipment pending",
        "Ready to ship", "In Bearbeitung", "Expédié", "Enviada", "Consegnato", "Atendido", "Wydane",
        "Concluído", "Bezorgd", "Wysłano", "Teslim Edildi", "Terkirim", "Доставлено",
        "구매확정", "구매결정", "Выдан клиенту", "Вручен адресату", "Odebrane", "Teslim alındı",
        "Retirado en tienda", "Ritirato", "已付款", "発送済み", "Отгружен", "Kargoya verildi",
    ],
    "partial": [
        "Partially returned", "Partial Refund", "partially_refunded",
        "Teilweise erstattet", "Partiellement remboursé", "Kısmi iade",
        "Частичный возврат", "一部返金",
    ],
    "other": [
        "Warranty", "Debit Note", "Free sample", "Draft invoice", "Anzahlungsrechnung",
        "Brouillon",
    ],
    "quote": [
        "Quotes", "Sales Estimate", "Pro-forma invoice", "Delivery Challan", "D/N",
        "Angebot", "Devis client", "Presupuesto", "Preventivo", "Orçamento", "Offerte",
        "Teklif", "Penawaran Harga", "Смета", "報價單", "見積書", "कोटेशन",
    ],
    "sales_order": [
        "Sales Orders", "S.O.", "Auftragsbestätigung", "Bon de commande", "受注",
    ],
    "returned": [
        "Refunded", "Delivered, then returned", "Retourniert", "Remboursée", "Devuelta",
        "Estornado", "Terugbetaald", "Zwrócono", "Dikembalikan",
    ],
    "sale_return": [
        "Sales Return", "SalesReturn", "sale_return", "CR/N", "C.N.", "Credit memos",
        "CN-2025/17", "RTO in transit", "Return Invoice", "Refund requested",
        "Verkaufsgutschrift", "Stornorechnung", "Rechnungskorrektur Gutschrift",
        "Facture d'avoir", "Nota de Crédito", "Reso merce", "Devolução",
        "Creditfactuur", "Faktura korygująca", "İADE", "Retur Penjualan",
        "Возврат покупателя", "مرتجع بيع", "销售退货", "返品伝票", "बिक्री वापसी",
        "क्रेडिट नोट", "Adjustment Note",
    ],
    "cancelled": [
        "Order cancelled", "cancelled_by_customer", "Cancelled & refunded",
        "Cancelled / Return", "Payment declined", "VOIDED", "Not delivered",
        "Undelivered", "No-show", "Lost in transit", "Expired", "Storniert",
        "Nicht zugestellt", "Annulée", "Non livré", "Anulado", "No entregado",
        "Annullato", "Não entregue", "Geannuleerd", "Niet geleverd", "Anulowane",
        "Nie dostarczono", "İptal", "Teslim edilemedi", "Dibatalkan", "Отменено",
        "Не доставлен", "ملغاة", "已取消", "キャンセル済み", "रद्द",
    ],
    "stock": [
        "Stock Journal", "Branch Transfer", "Stock Return", "Opening balance of stock",
        "Adjustment", "Stock Adjustment Note",
    ],
    "purchase": [
        "Purchase Return", "구매", "PO", "Einkaufsgutschrift", "Compra anulada", "采购退货",
    ],
    RETURN_CANCELLED: [
        "Return cancelled", "Cancelled return", "Refund rejected", "Return declined",
    ],
    None: [
        "No. Resi", "Nomor Resi", "Veg", "Frobnicated", "12", "Übergabe",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("meaning", "text"), [(meaning, text) for meaning in MEANINGS for text in MEANINGS[meaning]]
)
def test_a_text_means_what_it_says(meaning: str | None, text: str) -> None:
    assert said(text).meaning == meaning


def test_a_text_is_whole_when_all_its_words_are_known() -> None:
    assert said("Sales Return").is_whole
    assert not said("Return Counter 3 Juhu").is_whole
    assert said("Return / Refund").is_whole
    assert not said("Return / Juhu").is_whole


def test_cells_of_yes_and_no_are_told_apart() -> None:
    assert [
        is_yes(text) for text in ("YES", "ja", "Sí", "да", "हाँ", "1", "✔", "no", "yes sir")
    ] == [
        *[True] * 7,
        *[False] * 2,
    ]
    assert [
        is_nothing(text) for text in ("No", " - ", "NIL", "n/a", "0", "", "нет", "1", "Void")
    ] == [
        *[True] * 7,
        *[False] * 2,
    ]


def test_the_order_of_strength_is_that_of_the_file() -> None:
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    assert tuple(words)[: len(BY_STRENGTH)] == BY_STRENGTH


def test_no_word_has_two_deciding_meanings() -> None:
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    every = [folded(word) for meaning in BY_STRENGTH for word in words[meaning]]
    assert {word for word in every if every.count(word) > 1} == set()


@pytest.mark.parametrize(
    ("further", "meanings"),
    [
        ("paper", {"sale"}),
        ("unsold", {"other", "pending"}),
        ("draft", {"other", "pending"}),
        ("sole", {"other"}),
    ],
)
def test_further_meanings_are_of_words_that_decide(further: str, meanings: set[str]) -> None:
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    deciding = {word for meaning in meanings for word in words[meaning]}
    assert set(words[further]) - deciding == set()


def test_further_words_hide_no_stem_that_decides() -> None:
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    deciding = {folded(word) for meaning in BY_STRENGTH for word in words[meaning]}
    stems = tuple(word[:-1] for word in deciding if word[0] != "*" and word[-1] == "*")
    further = set(words) - {
        *BY_STRENGTH,
        "yes",
        "no",
        "nothing",
        "negation",
        "title",
        "number",
        "link",
    }
    hidden = {
        word
        for meaning in further
        for word in map(folded, words[meaning])
        if word not in deciding and " " not in word and word.startswith(stems)
    }
    assert hidden == set()
