"""One shop in every table, the page made of it, and what stands in a section's table."""

from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from lucid_orchestration.report.blocks import Section, Shop
from lucid_orchestration.report.page import render_page

AS_OF = date(2026, 10, 31)
SHOP = Shop(dataset_id="corner-shop", name="corner-shop", currency="INR", as_of_date=AS_OF)


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._silent = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent = tag if tag in ("style", "title") else ""

    def handle_endtag(self, tag: str) -> None:
        self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def shop(name: str = "Rice", shop_name: str = "corner-shop") -> dict[str, list[dict[str, Any]]]:
    """One product that sells and one that does not, in every table."""
    d = {"dataset_id": "corner-shop"}
    product = {**d, "product_id": "p1", "product_name": name, "category": name}
    idle = {**d, "product_id": "p2", "product_name": "Fan", "category": "Electricals"}
    months = [date(2025 + i // 12, i % 12 + 1, 1) for i in range(22)]
    return {
        "datasets": [{**d, "dataset_name": shop_name}],
        "dataset_summary": [
            {
                **d,
                "dataset_name": shop_name,
                "currency": "INR",
                "as_of_date": AS_OF,
                "first_sale_date": date(2025, 1, 1),
                "revenue": Decimal(2_200_000),
                "gross_profit": Decimal(300_000),
                "profit_margin": Decimal("0.25"),
                "cost_coverage": Decimal("0.6"),
                "last_complete_month": date(2026, 9, 1),
                "month_revenue": Decimal(1_23_456),
                "month_revenue_change": Decimal("0.125"),
                "month_revenue_year_change": Decimal("-0.2"),
                "month_profit": Decimal(20_000),
                "stock_value": Decimal(50_000),
                "dead_stock_value": Decimal(10_000),
                "dead_stock_product_count": 1,
                "product_count": 2,
                "sales_line_count": 500,
            }
        ],
        "best_sellers": [
            {
                **product,
                "period_type": "last_90_days",
                "period": "2026-10-31",
                "total_quantity": Decimal(90),
                "total_revenue": Decimal(45_000),
                "rank_by_quantity": 1,
                "rank_by_revenue": 1,
                "revenue_share": Decimal(1),
                "rank_change": 2,
            }
        ],
        "revenue_contribution": [
            {
                **product,
                "revenue_window": "last_12_months",
                "revenue": Decimal(900_000),
                "revenue_share": Decimal(1),
                "cumulative_share": Decimal(1),
                "revenue_rank": 1,
                "abc_class": "A",
            }
        ],
        "seasonality": [
            {
                **d,
                "entity_type": "category",
                "entity_id": name,
                "entity_name": name,
                "verdict": "confirmed",
                "season_source": "own",
                "amplitude": Decimal("0.9"),
                "peak_months": [1, 2, 11, 12],
                "low_months": [6],
                "next_peak_month": date(2026, 11, 1),
                **{f"month_{m}_index": Decimal("0.5") + m * Decimal("0.08") for m in range(1, 13)},
            }
        ],
        "event_lift": [
            {
                **d,
                "entity_type": "store",
                "entity_id": "corner-shop",
                "event": "Diwali",
                "lift": Decimal("1.3"),
                "next_event_date": date(2026, 11, 8),
            }
        ],
        "inventory_velocity": [
            {
                **product,
                "current_stock": Decimal(3),
                "daily_sales": Decimal("1.5"),
                "days_of_cover": Decimal(2),
                "stockout_risk": "critical",
                "inventory_status": "ok",
                "suggested_order_quantity": Decimal(40),
            },
            {
                **idle,
                "current_stock": Decimal(4),
                "daily_sales": Decimal(0),
                "stockout_risk": "none",
                "inventory_status": "no_sales",
            },
        ],
        "dead_stock": [
            {
                **idle,
                "current_stock": Decimal(4),
                "estimated_value": Decimal(10_000),
                "last_sale_date": date(2026, 1, 5),
                "idle_days": 299,
                "idle_bucket": "181-365",
                "stock_state": "dead",
                "is_dead_stock": True,
            }
        ],
        "profitability": [
            {
                **product,
                "profit_window": "last_12_months",
                "revenue": Decimal(900_000),
                "gross_profit": Decimal(-5_000),
                "profit_margin": Decimal("-0.01"),
                "cost_coverage": Decimal("0.6"),
                "profit_status": "partial_cost",
            }
        ],
        "trends": [
            {
                **d,
                "entity_type": "store",
                "entity_id": "corner-shop",
                "month": month,
                "is_complete": month < date(2026, 10, 1),
                "revenue": Decimal(100_000),
            }
            for month in months
        ],
        "trend_signals": [
            {
                **d,
                "entity_type": "store",
                "entity_id": "corner-shop",
                "entity_name": "corner-shop",
                "signal": "stable",
            },
            {
                **d,
                "entity_type": "product",
                "entity_id": "p1",
                "entity_name": name,
                "signal": "declining",
                "recent_revenue": Decimal(80_000),
                "previous_revenue": Decimal(100_000),
                "revenue_change": Decimal("-0.2"),
                "confidence": "medium",
            },
        ],
        "source_files": [
            {
                **d,
                "file_name": f"{name}.csv",
                "kind": "sales",
                "status": "accepted",
                "rows_found": 510,
                "rows_accepted": 500,
                "rows_rejected": 7,
                "rows_ignored": 3,
            },
            {
                **d,
                "file_name": "notes.pdf",
                "status": "refused",
                "message": "This PDF is a picture. Export it as CSV.",
                "rows_found": 0,
                "rows_accepted": 0,
                "rows_rejected": 0,
                "rows_ignored": 0,
            },
        ],
        "rejected_rows": [
            {
                **d,
                "file_name": f"{name}.csv",
                "sheet": "",
                "row_number": 10 + i,
                "reason": "unreadable_date",
                "message": "The date cannot be read.",
                "row_text": f"31/02/2026 | {name} | row {i}",
            }
            for i in range(25)
        ],
        "file_issues": [
            {
                **d,
                "file_name": f"sales_{i}.csv",
                "severity": "warning",
                "code": "equal_lines",
                "message": f"{i + 2} lines repeat another line.",
            }
            for i in range(3)
        ],
        "dataset_quality": [
            {
                **d,
                "rows_found": 510,
                "rows_accepted": 500,
                "rows_rejected": 7,
                "rows_ignored": 3,
            }
        ],
        "active_insights": [_insight("i2", 2, name), _insight("i1", 1, name)],
        "ai_explanations": [
            {
                **d,
                "insight_id": "summary",
                "kind": "summary",
                "headline": "Two things to look at",
                "explanation": "The shop sold more.",
                "guidance": "Start with the first.",
                "text_source": "template",
            },
            {
                **d,
                "insight_id": "i1",
                "kind": "insight",
                "headline": "A better headline",
                "explanation": "A better wording.",
                "template_explanation": "The plain wording.",
                "template_guidance": "The plain advice.",
                "guidance": "A better guidance.",
                "text_source": "ai",
                "provider": "openai",
                "model": "small-1",
            },
        ],
    }


def _insight(insight_id: str, rank: int, name: str) -> dict[str, Any]:
    return {
        "dataset_id": "corner-shop",
        "insight_id": insight_id,
        "category": "risk",
        "title": f"{name} runs out ({insight_id})",
        "summary": f"{name} lasts 2 days.",
        "severity": "high",
        "confidence": "medium",
        "confidence_reasons": (
            '[{"component": "sample", "score": 75, "code": "c", "sentence": "Six months seen."}]'
        ),
        "estimated_impact": Decimal(6_154),
        "cash_at_stake": Decimal(33_488),
        "recommended_action": "Order 40.",
        "entity_type": "product",
        "supporting_metrics": (
            '[{"name": "current_stock", "label": "In stock", "unit": "units", "value": "3.000",'
            ' "table": "dead_stock"},'
            ' {"name": "min_lines", "unit": "limit", "value": "5", "table": null}]'
        ),
        "priority_parts": '{"impact": "6154.00", "confidence_weight": "0.7", "urgency": "1.5"}',
        "is_active": True,
        "rank": rank,
    }


def render(data: Path, dataset_id: str = "corner-shop") -> str:
    return render_page(data / "marts", data / "quality", data / "insights", dataset_id)


def cells(section: Section, column: str) -> list[str]:
    """The cells of one column of a section's table."""
    assert section.table is not None
    place = [c.label for c in section.table.columns].index(column)
    return [row.cells[place].text for row in section.table.rows]
