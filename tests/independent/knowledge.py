"""What a shop says of itself in lucid.yml, from the rows as they landed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]


@dataclass
class Said:
    """What one shop says; None where it says nothing."""

    lead_time: int = 7
    basis: str = "assumed"
    order_cycle: int = 30
    lead_times: dict[str, dict[str, int]] = field(default_factory=dict)
    closed_weekdays: set[int] | None = None
    closed_days: set[date] = field(default_factory=set)
    festivals: set[str] | None = None
    own_festivals: dict[str, list[date]] = field(default_factory=dict)

    def hear(self, topic: str, name: str | None, value: str | None) -> None:
        """Take in one row."""
        if topic == "lead_time_days":
            self.lead_time, self.basis = int(value or 0), "shop"
        elif topic == "order_cycle_days":
            self.order_cycle = int(value or 0)
        elif topic.startswith("lead_time_"):
            kind = topic.removeprefix("lead_time_")
            self.lead_times.setdefault(kind, {})[plain(name)] = int(value or 0)
        elif topic == "closed_weekdays":
            self.closed_weekdays = self.closed_weekdays or set()
        elif topic == "closed_weekday":
            self.closed_weekdays = (self.closed_weekdays or set()) | {int(value or 0)}
        elif topic == "closed_days":
            first, last = date.fromisoformat(name or ""), date.fromisoformat(value or "")
            count = (last - first).days + 1
            self.closed_days |= {first + timedelta(days=n) for n in range(count)}
        elif topic == "festivals":
            self.festivals = self.festivals or set()
        elif topic == "festival":
            self.festivals = (self.festivals or set()) | {name or ""}
        elif topic == "own_festival":
            self.own_festivals.setdefault(name or "", []).append(date.fromisoformat(value or ""))

    def events(self, calendar: dict[str, list[date]]) -> dict[str, list[date]]:
        """The festivals that count, with the shop's own."""
        own = {name.lower() for name in self.own_festivals}
        kept = {
            name: dates
            for name, dates in calendar.items()
            if (self.festivals is None or name in self.festivals) and name.lower() not in own
        }
        return kept | {name: sorted(dates) for name, dates in self.own_festivals.items()}

    def delivery(self, product: Row, purchases: list[Row]) -> tuple[int, str]:
        """Days from an order of a product to its delivery, and what says so."""
        named = [row for row in purchases if row["supplier"] and row["document_type"] == "purchase"]
        newest = max((row["purchase_date"] for row in named), default=None)
        supplier = min(
            (row["supplier"] for row in named if row["purchase_date"] == newest), default=None
        )
        names = {
            "products": [product["product_id"], product["product_name"]],
            "suppliers": [supplier],
            "categories": [product["category"]],
        }
        for kind, basis in (
            ("products", "product"),
            ("suppliers", "supplier"),
            ("categories", "category"),
        ):
            said = self.lead_times.get(kind, {})
            found = [said[plain(name)] for name in names[kind] if plain(name) in said]
            if found:
                return max(found), basis
        return self.lead_time, self.basis


def plain(name: str | None) -> str:
    """A name as names are compared."""
    return " ".join((name or "").casefold().split())


def said_by_shop(rows: Iterable[Row]) -> dict[str, Said]:
    """What each shop says, by dataset."""
    found: dict[str, Said] = {}
    for row in rows:
        found.setdefault(row["dataset_id"], Said()).hear(row["topic"], row["name"], row["value"])
    return found
