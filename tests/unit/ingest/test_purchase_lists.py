"""Invoices of suppliers are purchases in any language, and sales beside a supplier stay sales."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table

BOUGHT = {
    "Dutch": "Factuurnr;Factuurdatum;Leverancier;Artikel;Aantal;Inkoopprijs;Bedrag",
    "German": "Belegnr;Belegdatum;Lieferant;Artikel;Menge;Einkaufspreis;Nettobetrag",
    "French": "N° facture;Date;Fournisseur;Produit;Quantité;Prix d'achat;Montant HT",
    "Spanish": "Factura;Fecha;Proveedor;Producto;Cantidad;Precio de compra;Importe",
    "Italian": "Fattura;Data;Fornitore;Prodotto;Quantità;Prezzo di acquisto;Importo",
    "Portuguese": "Fatura;Data;Fornecedor;Produto;Quantidade;Preço de custo;Valor",
    "Polish": "Faktura;Data;Dostawca;Produkt;Ilość;Cena zakupu;Wartość",
    "Turkish": "Fatura No;Tarih;Tedarikçi;Ürün;Miktar;Alış Fiyatı;Tutar",
    "Swedish": "Fakturanr;Datum;Leverantör;Artikel;Antal;Inköpspris;Belopp",
    "Indonesian": "No Faktur;Tanggal;Pemasok;Nama Barang;Jumlah;Harga Beli;Total",
    "Russian": "Накладная;Дата;Поставщик;Товар;Количество;Закупочная цена;Сумма",
    "a cost alone": "Inkoopfactuurnr;Factuurdatum;Afdeling;Artikel;Aantal;Inkoopprijs;Bedrag",
}


def table_of(folder: Path, *rows: str) -> Table:
    path = folder / "list.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    (table,) = open_file(path).tables
    return table


@pytest.mark.parametrize("language", BOUGHT)
def test_what_a_supplier_sent_is_a_purchase(tmp_path: Path, language: str) -> None:
    rows = ["L-7;14-03-2026;Holm;Spade;20;7,50;150,00", "L-8;15-03-2026;Berg;Rake;12;4,00;48,00"]
    layout = table_of(tmp_path, BOUGHT[language], *rows).layout
    assert layout.kind == "purchases"
    assert {"quantity", "unit_cost", "purchase_date"} <= layout.columns.keys()


@pytest.mark.parametrize(
    "headings",
    [
        "Belegnr;Datum;Lieferant;Artikel;Menge;Verkaufspreis;EK;Umsatz",
        "Bill No;Date;Supplier;Item;Qty;Price;Cost;Amount",
    ],
)
def test_goods_sold_at_a_price_are_sales_whoever_supplied_them(
    tmp_path: Path, headings: str
) -> None:
    rows = [
        "7;14.03.2026;Holm;Spade;2;12,50;7,50;25,00",
        "8;15.03.2026;Berg;Rake;3;9,00;4,00;27,00",
    ]
    layout = table_of(tmp_path, headings, *rows).layout
    assert layout.kind == "sales"
    assert {"unit_price", "unit_cost", "net_amount"} <= layout.columns.keys()


def test_goods_bought_beside_the_price_they_will_have_are_purchases(tmp_path: Path) -> None:
    rows = [
        "7;14.03.2026;Holm;Spade;2;12,50;7,50;15,00",
        "8;15.03.2026;Berg;Rake;3;9,00;4,00;12,00",
    ]
    layout = table_of(tmp_path, "Bill No;Date;Supplier;Item;Qty;Price;Cost;Amount", *rows).layout
    assert layout.kind == "purchases"
