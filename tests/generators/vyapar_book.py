"""One Vyapar book being kept: what the app would store, and beside it what must be read."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.generators.vyapar_schema import SCHEMA

SALE, PURCHASE, PAYMENT_IN, PAYMENT_OUT = 1, 2, 3, 4
OPENING_RECEIVABLE, OPENING_PAYABLE, EXPENSE = 5, 6, 7
SALE_RETURN, PURCHASE_RETURN = 21, 23
SALE_ORDER, ESTIMATE, PURCHASE_ORDER, OTHER_INCOME, CHALLAN = 24, 27, 28, 29, 30
TRANSFER_IN, TRANSFER_OUT, CANCELLED_SALE = 50, 51, 65
TRADED = {
    SALE: "sale",
    SALE_RETURN: "sale_return",
    PURCHASE: "purchase",
    PURCHASE_RETURN: "purchase_return",
}
STOCK_SIGNS = {SALE: -1, PURCHASE_RETURN: -1, PURCHASE: 1, SALE_RETURN: 1}

UNITS = {
    "Bag": "BAGS",
    "Btl": "BOTTLES",
    "Box": "BOX",
    "Bdl": "BUNDLES",
    "Can": "CANS",
    "Ctn": "CARTONS",
    "Dzn": "DOZENS",
    "Gm": "GRAMMES",
    "Kg": "KILOGRAMS",
    "Ltr": "LITRE",
    "Mtr": "METERS",
    "Nos": "NUMBERS",
    "Pac": "PACKS",
    "Pcs": "PIECES",
    "Qtl": "QUINTAL",
    "Rol": "ROLLS",
}
UNIT_IDS = {name: number for number, name in enumerate(UNITS, start=1)}
TAXES = (
    *(("GST@0%", 0), ("GST@5%", 5), ("GST@12%", 12), ("GST@18%", 18), ("GST@28%", 28)),
    *(("IGST@18%", 18), ("CGST@9%", 9), ("SGST@9%", 9)),
)
TAX_IDS = {rate: number for number, (_, rate) in enumerate(TAXES[:5], start=1)}
TAX_RATE_TYPES = {"IGST": 1, "CGST": 2, "SGST": 3}
PARTIES = (
    *("Anand Traders", "Bharat Kirana", "Chandra Stores", "Deepak & Sons", "Ekta Super Mart"),
    *("Fresh Basket", "Ganesh Provision", "Hari Om Agencies", "Indu General Store"),
    *("Jyoti Enterprises", "Krishna Wholesale", "Lakshmi Traders"),
)
SUPPLIERS = ("Metro Distributors", "Nandi Foods Pvt Ltd", "Orient Electricals")
HEADS = {"Petrol": 2, "Rent": 2, "Salary": 2, "Claims received": 3}
STOCKED, EXPENSE_ITEM, SERVICE = 1, 2, 3
NOTHING = Decimal(0)


def paise(value: Decimal | int | str) -> Decimal:
    """An amount of money."""
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Good:
    """A row of the catalogue: what is sold at what price and cost per base unit."""

    name: str
    code: str
    category: str
    base: str | None
    price: Decimal
    cost: Decimal
    gst: int
    item_type: int = STOCKED
    secondary: str | None = None
    conversion: int | None = None


def good(name: str, code: str, category: str, base: str | None, *figures: Any) -> Good:
    """A row of the catalogue: price, cost, tax rate and, if there is one, the smaller unit."""
    price, cost, gst, *rest = figures
    unit, conversion = rest or (None, None)
    kind = STOCKED if base else SERVICE
    figures = (Decimal(str(price)), Decimal(cost), gst, kind, unit, conversion)
    return Good(name, code, category, base, *figures)


CATALOGUE = (
    good("Sona Masoori Rice 25kg", "RICE25", "Grains", "Bag", 1450, 1290, 5),
    good("Toor Dal", "DAL-T", "Grains", "Kg", 142.5, 121, 5),
    good("Sunflower Oil 1L", "OIL1", "Oils", "Ctn", 1740, 1560, 5, "Pcs", 12),
    good("Parle Biscuit ₹10", "BIS10", "Snacks", "Ctn", 1296, 1150, 18, "Pcs", 144),
    good("Detergent Powder 1kg", "DET1", "Household", "Ctn", 2280, 1990, 18, "Pac", 24),
    good("Bath Soap 100g (Pack of 4)", "SOAP4", "Household", "Box", 4104, 3620, 18, "Pcs", 36),
    good("Tea Dust 250 g", "TEA250", "Beverages", "Box", 5200, 4575, 5, "Pac", 40),
    good("हल्दी पाउडर 100g", "HALDI", "Spices", "Kg", 320, 255, 5, "Pac", 10),
    good("Copper Wire 1.5 sq mm, 90 m", "WIRE15", "Electrical", "Rol", 1980, 1710, 18, "Mtr", 90),
    good("LED Bulb 9W", "LED9", "Electrical", "Pcs", 95, 68, 12),
    good("Notebook 200pg", "NB200", "Stationery", "Dzn", 540, 432, 12, "Pcs", 12),
    good("Slow Mover Pressure Cooker 5L", "COOK5", "Kitchen", "Pcs", 1650, 1340, 12),
    good("Dead Stock Steel Tiffin", "TIFF", "Kitchen", "Pcs", 420, 350, 12),
    good("Home Delivery", "", "Services", None, 50, 0, 18),
    good("Installation Charges", "SVC-INST", "Services", None, 350, 0, 18),
    good("Old Discontinued Item", "OLD1", "Kitchen", "Pcs", 100, 80, 18),
)
IN_TWO_CATEGORIES = "Bath Soap 100g (Pack of 4)"


@dataclass(frozen=True)
class Item:
    """An item of a book; its price is per base unit, with tax in a book of inclusive prices."""

    id: int
    good: Good
    price: Decimal
    gst: int
    mapping_id: int | None = None
    is_active: bool = True
    is_cost_known: bool = False


@dataclass(frozen=True)
class BillLine:
    """A line as Vyapar stores it: quantity and price in base units, whatever unit was typed."""

    item: Item
    quantity: Decimal
    price: Decimal
    unit: str | None
    total: Decimal
    tax: Decimal = NOTHING
    discount: Decimal = NOTHING
    discount_percent: Decimal = NOTHING
    free: Decimal = NOTHING
    typed_quantity: Decimal = NOTHING


@dataclass(frozen=True)
class Charge:
    """An amount on top of the lines, with its tax."""

    name: str
    amount: Decimal
    tax: Decimal = NOTHING


@dataclass(frozen=True)
class Entered:
    """A document as it was stored; `lines` by their ids."""

    id: int
    kind: int
    cells: dict[str, Any]
    lines: Mapping[int, BillLine]
    discount: Decimal
    total: Decimal
    round_off: Decimal
    charges: Sequence[Charge]


@dataclass(frozen=True)
class Style:
    """How a shop keeps its book."""

    is_inclusive: bool = False
    is_old: bool = False
    rounds_off: bool = True
    has_tax: bool = True


@dataclass
class Book:
    """Rows by table, and the truth about them."""

    name: str
    seed: int
    start: dt.date
    end: dt.date
    style: Style = Style()
    firms: tuple[str, ...] = ()
    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {table: [] for table in SCHEMA}
    )
    items: dict[int, Item] = field(default_factory=dict)
    stock: dict[int, Decimal] = field(default_factory=dict)
    parties: dict[str, int] = field(default_factory=dict)
    category_ids: dict[str, int] = field(default_factory=dict)
    next_document: int = 1
    next_line: int = 1
    numbers: Counter[tuple[int, int]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.truth: dict[str, Any] = {
            "company": self.name,
            **{kind: [] for kind in ("sales", "documents", "purchases", "inventory")},
            **{kind: [] for kind in ("unitemised_sales", "rejected", "warnings")},
            "ignored": Counter(),
        }

    def add(self, table: str, **cells: Any) -> None:
        """Store a row."""
        self.rows[table].append(cells)

    def ignore(self, why: str) -> None:
        """Something an importer must leave out and count."""
        self.truth["ignored"][why] += 1

    def reject(self, table: str, row_id: int, reason: str) -> None:
        """Something an importer must refuse."""
        self.truth["rejected"].append({"table": table, "id": row_id, "reason": reason})

    def stamp(self, day: dt.date) -> str | int:
        """A day as the database holds it; old versions count milliseconds."""
        if self.style.is_old:
            midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
            return int(midnight.timestamp() * 1000)
        return f"{day.isoformat()} 00:00:00"

    def open(self, *firms: str) -> None:
        """Store firms, units, taxes, parties and the catalogue with opening stock."""
        self.firms = firms
        for number, name in enumerate(firms, start=1):
            self.add("kb_firms", firm_id=number, firm_name=name, firm_state="Telangana")
            self.add(
                "kb_prefix",
                prefix_id=number,
                prefix_firm_id=number,
                prefix_txn_type=SALE,
                prefix_value=self._prefix(number),
                prefix_is_default=1,
            )
        for short, number in UNIT_IDS.items():
            name = UNITS[short]
            self.add("kb_item_units", unit_id=number, unit_name=name, unit_short_name=short)
        for number, (name, rate) in enumerate(TAXES, start=1):
            self.add(
                "kb_tax_code",
                tax_code_id=number,
                tax_code_name=name,
                tax_rate=float(rate),
                tax_rate_type=TAX_RATE_TYPES.get(name[:4], 4),
            )
        for number, name in enumerate(("General", "Wholesale"), start=1):
            self.add("kb_party_groups", party_group_id=number, party_group_name=name)
        for number, name in enumerate(("Cash", "Cheque", "Current account"), start=1):
            kind = name.upper() if number < 3 else "BANK"
            self.add(
                "kb_paymentTypes",
                paymentType_id=number,
                paymentType_type=kind,
                paymentType_name=name,
            )
        for name in PARTIES + SUPPLIERS:
            self._add_name(name, 1)
        for head, name_type in HEADS.items():
            self._add_name(head, name_type)
        self.add("kb_item_categories", item_category_id=1, item_category_name="General")
        for number, row in enumerate(CATALOGUE, start=1):
            self._open_item(number, row)

    def line(
        self,
        item: Item,
        quantity: Decimal | int,
        unit: str | None,
        price: Decimal,
        discount_percent: Decimal = NOTHING,
        free: int = 0,
    ) -> BillLine:
        """A line of a bill from what is typed: quantity and price in `unit`."""
        typed = Decimal(quantity)
        factor = Decimal(self._conversion(item, unit))
        if self.style.is_inclusive:
            total = paise(typed * price * (1 - discount_percent / 100))
            tax = paise(total - total / (1 + Decimal(item.gst) / 100))
            price_without_tax = price / (1 + Decimal(item.gst) / 100)
            discount = typed * price_without_tax * discount_percent / 100
        else:
            price_without_tax = price
            discount = typed * price * discount_percent / 100
            tax = paise((typed * price - discount) * Decimal(item.gst) / 100)
            total = paise(typed * price - discount + tax)
        return BillLine(
            item=item,
            quantity=typed / factor,
            price=price_without_tax * factor,
            unit=unit,
            total=total,
            tax=tax,
            discount=discount,
            discount_percent=discount_percent,
            free=Decimal(free) / factor,
            typed_quantity=typed,
        )

    def typed_price(self, line: BillLine) -> Decimal:
        """The price that was typed for a line."""
        rate = Decimal(line.item.gst) / 100 if self.style.is_inclusive else NOTHING
        return paise(line.price * (1 + rate) / self._conversion(line.item, line.unit))

    def document(
        self,
        kind: int,
        day: dt.date | None,
        party: str | None,
        lines: Sequence[BillLine] = (),
        *,
        firm: int = 1,
        status: int = 1,
        discount_percent: int = 0,
        charges: Sequence[Charge] = (),
        paid: int | None = None,
        number: str | None = None,
        amount: int | None = None,
        moves_stock: bool = True,
        **cells: Any,
    ) -> Entered:
        """Store a document that adds up; without lines `amount` is its total."""
        document_id = self.next_document
        self.next_document += 1
        if number is None:
            self.numbers[firm, kind] += 1
            number = str(self.numbers[firm, kind])
        gross = sum((line.total for line in lines), NOTHING)
        discount = paise(gross * discount_percent / 100)
        charged = sum((charge.amount + charge.tax for charge in charges), NOTHING)
        exact = gross - discount + charged if amount is None else Decimal(amount)
        round_off = NOTHING
        if self.style.rounds_off and kind in TRADED and amount is None:
            round_off = exact.quantize(Decimal(1), ROUND_HALF_UP) - exact
        total = exact + round_off
        cash = total if paid is None else Decimal(paid)
        owed = float(total - cash)
        stored = {
            "txn_id": document_id,
            "txn_type": kind,
            "txn_date": None if day is None else self.stamp(day),
            "txn_name_id": self.parties.get(party) if party else None,
            "txn_cash_amount": float(cash),
            "txn_balance_amount": owed,
            "txn_ref_number_char": number,
            "txn_invoice_prefix": self._prefix(firm) if kind == SALE else "",
            "txn_firm_id": firm,
            "txn_status": status,
            "txn_discount_percent": float(discount_percent),
            "txn_discount_amount": float(discount),
            "txn_tax_amount": 0.0,
            "txn_round_off_amount": float(round_off),
            "txn_tax_inclusive": 1 if self.style.is_inclusive else 2,
            "txn_time": self.chance.randint(9 * 3600, 20 * 3600),
            "txn_payment_status": 3 if cash >= total else 2 if cash else 1,
            "txn_current_balance": owed,
            **cells,
        }
        for place, charge in enumerate(charges, start=1):
            stored[f"txn_ac{place}_amount"] = float(charge.amount)
            stored[f"ac{place}_name"] = charge.name
            stored[f"ac{place}_tax_amount"] = float(charge.tax)
        self.add("kb_transactions", **stored)
        stored_lines = {self._add_line(document_id, line): line for line in lines}
        if moves_stock and status == 1:
            for line in lines:
                if line.item.good.item_type == STOCKED:
                    moved = STOCK_SIGNS.get(kind, 0) * (line.quantity + line.free)
                    self.stock[line.item.id] += moved
        if cash:
            payments = len(self.rows["txn_payment_mapping"])
            self.add(
                "txn_payment_mapping",
                id=payments + 1,
                payment_id=1,
                txn_id=document_id,
                amount=float(cash),
            )
        return Entered(
            document_id, kind, stored, stored_lines, discount, total, round_off, tuple(charges)
        )

    def record(self, entered: Entered, day: dt.date, party: str | None, display: str = "") -> None:
        """Write down what must be read of a sale, a purchase, or a return."""
        kind = TRADED[entered.kind]
        is_sale = kind.startswith("sale")
        firm = self.firms[entered.cells["txn_firm_id"] - 1]
        head = {
            "txn_id": entered.id,
            "doc_type": kind,
            "firm": firm,
            "date": day.isoformat(),
            "doc_no": entered.cells["txn_invoice_prefix"] + entered.cells["txn_ref_number_char"],
            "party": party or display or None,
        }
        gross = sum((line.total for line in entered.lines.values()), NOTHING)
        left = entered.discount
        last = max(entered.lines, default=None)
        sign = -1 if kind.endswith("return") else 1
        for line_id, line in entered.lines.items():
            share = left if line_id == last else NOTHING
            if line_id != last and gross:
                share = paise(entered.discount * line.total / gross)
            left -= share
            self.truth["sales" if is_sale else "purchases"].append(
                {
                    **head,
                    "company": self.name,
                    "lineitem_id": line_id,
                    "item": line.item.good.name,
                    "item_code": line.item.good.code or None,
                    "category": line.item.good.category,
                    "unit": line.item.good.base,
                    "quantity": plain(sign * line.quantity),
                    "free_quantity": plain(sign * line.free),
                    "gross_amount": str(sign * line.total),
                    "tax_amount": str(sign * line.tax),
                    "line_discount": str(sign * paise(line.discount)),
                    "bill_discount_share": str(sign * share),
                    "net_revenue" if is_sale else "net_cost": str(
                        sign * (line.total - line.tax - share)
                    ),
                }
            )
        charged = sum((charge.amount + charge.tax for charge in entered.charges), NOTHING)
        self.truth["documents"].append(
            {
                **head,
                "lines": len(entered.lines),
                "lines_total": str(gross),
                "bill_discount": str(entered.discount),
                "charges": str(charged),
                "round_off": str(entered.round_off),
                "total": str(entered.total),
            }
        )

    def close(self) -> None:
        """Store the items with the stock that is left."""
        for item in self.items.values():
            row, stock = item.good, self.stock[item.id]
            is_stocked = row.item_type == STOCKED
            cost = row.cost if item.is_cost_known else NOTHING
            reorder_level = 5 if is_stocked and item.id % 3 == 0 else 0
            category = self.category_ids.get(row.category, 1) if self.style.is_old else 1
            self.add(
                "kb_items",
                item_id=item.id,
                item_name=row.name,
                item_sale_unit_price=float(item.price),
                item_purchase_unit_price=float(cost),
                item_stock_quantity=float(stock) if is_stocked else 0.0,
                item_min_stock_quantity=float(reorder_level),
                item_stock_value=float(paise(stock * row.cost)) if is_stocked else 0.0,
                item_type=row.item_type,
                category_id=category,
                item_code=row.code or None,
                base_unit_id=UNIT_IDS.get(row.base or ""),
                secondary_unit_id=UNIT_IDS.get(row.secondary or ""),
                unit_mapping_id=item.mapping_id,
                item_tax_id=TAX_IDS.get(item.gst) if self.style.has_tax else None,
                item_tax_type=1 if self.style.is_inclusive else 2,
                item_is_active=int(item.is_active),
            )
            if not is_stocked:
                continue
            self.truth["inventory"].append(
                {
                    "company": self.name,
                    "item": row.name,
                    "item_code": row.code or None,
                    "category": row.category,
                    "unit": row.base,
                    "active": item.is_active,
                    "stock_quantity": plain(stock),
                    "reorder_level": str(reorder_level),
                    "purchase_price": str(cost) if item.is_cost_known else None,
                    "sale_price": str(item.price),
                    "sale_price_includes_tax": self.style.is_inclusive,
                    "gst_rate": item.gst,
                }
            )

    def _prefix(self, firm: int) -> str:
        return "" if self.style.is_old else f"{'ABCDE'[firm - 1]}/26-27/"

    def _conversion(self, item: Item, unit: str | None) -> int:
        """How many of the typed unit make one base unit."""
        row = item.good
        return row.conversion if row.conversion and unit == row.secondary else 1

    def _add_name(self, name: str, kind: int) -> None:
        self.parties[name] = len(self.parties) + 1
        state = "Telangana" if self.parties[name] % 5 else "Karnataka"
        self.add(
            "kb_names",
            name_id=self.parties[name],
            full_name=name,
            name_type=kind,
            name_state=state,
            amount=0.0,
        )

    def _open_item(self, number: int, row: Good) -> None:
        if row.category not in self.category_ids:
            # the first one is Vyapar's own "General"
            self.category_ids[row.category] = category = len(self.category_ids) + 2
            self.add(
                "kb_item_categories", item_category_id=category, item_category_name=row.category
            )
        mapping_id = None
        if row.base and row.secondary and row.conversion:
            mapping_id = len(self.rows["kb_item_units_mapping"]) + 1
            self.add(
                "kb_item_units_mapping",
                unit_mapping_id=mapping_id,
                base_unit_id=UNIT_IDS[row.base],
                secondary_unit_id=UNIT_IDS[row.secondary],
                conversion_rate=float(row.conversion),
            )
        is_stocked = row.item_type == STOCKED
        gst = row.gst if self.style.has_tax else 0
        price = row.price
        if self.style.is_inclusive:
            price = paise(price * (1 + Decimal(gst) / 100))
        stock = Decimal(self.chance.choice([0, 20, 40, 60]) if is_stocked else 0)
        if row.name.startswith("Dead"):
            stock = Decimal(55)
        self.stock[number] = stock
        self.items[number] = Item(
            id=number,
            good=row,
            price=price,
            gst=gst,
            mapping_id=mapping_id,
            is_active=not row.name.startswith("Old"),
            # the purchase price is often left empty
            is_cost_known=self.chance.random() > 0.25 and is_stocked,
        )
        category = self.category_ids[row.category]
        self.add("kb_item_categories_mapping", id=number, item_id=number, category_id=category)
        if row.name == IN_TWO_CATEGORIES:
            self.add("kb_item_categories_mapping", id=1000 + number, item_id=number, category_id=1)
        if stock:
            self.add(
                "kb_item_adjustments",
                item_adj_item_id=number,
                item_adj_type=10,
                item_adj_quantity=float(stock),
                item_adj_date=self.stamp(self.start),
                item_adj_description="Opening Stock",
                item_adj_atprice=float(row.cost),
            )

    def _add_line(self, document_id: int, line: BillLine) -> int:
        line_id = self.next_line
        self.next_line += 1
        is_converted = line.unit is not None and line.unit == line.item.good.secondary
        self.add(
            "kb_lineitems",
            lineitem_id=line_id,
            lineitem_txn_id=document_id,
            item_id=line.item.id,
            quantity=float(line.quantity),
            priceperunit=float(line.price),
            total_amount=float(line.total),
            lineitem_tax_amount=float(line.tax),
            lineitem_discount_amount=float(line.discount),
            lineitem_discount_percent=float(line.discount_percent),
            lineitem_unit_id=UNIT_IDS.get(line.unit or ""),
            lineitem_unit_mapping_id=line.item.mapping_id if is_converted else None,
            lineitem_tax_id=TAX_IDS[line.item.gst] if self.style.has_tax else None,
            lineitem_free_quantity=float(line.free),
        )
        return line_id


def plain(quantity: Decimal) -> str:
    """A quantity to six places, without zeros at its end."""
    return str(quantity.quantize(Decimal("0.000001")).normalize() + 0)
