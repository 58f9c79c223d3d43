"""A shop in which each of Lucid's rules has something to say, a product or category for each."""

from datetime import date, timedelta
from typing import Any

from tests.unit.insights.test_shipped_rules import AS_OF, earned, master, signal, stock

YEAR = {"revenue_window": "last_12_months"}


def fill(shop: Any) -> None:
    """Add the rows; the figures are uneven, so that no two are right by luck."""
    _trends(shop)
    _stock(shop)
    _profit(shop)
    shop.rows["dataset_quality"][0]["negative_stock_count"] = 3
    shop.product(
        "top",
        "Sona Masoori Rice",
        product_master=master(),
        profitability=earned("last_90_days", 40123, 31234),
    )
    shop.add(
        "revenue_concentration",
        **YEAR,
        top_1_share="0.3127",
        effective_products="17.3",
        top_product_id="top",
    )


def _trends(shop: Any) -> None:
    for product, word, recent, before in (
        ("rise", "rising", 61, 30),
        ("tiny", "rising", 340, 1),
        ("fall", "declining", 31, 60),
    ):
        shop.product(
            product,
            trend_signals=signal(word, recent, before, category=product),
            inventory_velocity=stock(53, category=product),
            product_master=master(),
            profitability=earned("last_12_months", 1003, 607, category=product),
        )
        shop.months(product, {"quantity": [before // 3] * 12 + [recent // 3] * 3})
    shop.product(
        "short",
        trend_signals=signal(
            "rising",
            61,
            30,
            category="short",
            method="mann_kendall",
            previous_quantity=None,
            previous_profit=None,
            quantity_change=None,
            slope_per_month="0.0612",
            p_value=0.001,
            months_observed=11,
        ),
        inventory_velocity=stock(53, category="short"),
    )
    for name, word, factor in (("Up", "rising", 1), ("Down", "declining", -1)):
        for at in range(3):
            change = factor * (31 + at)
            shop.product(
                f"{name}-{at}",
                trend_signals=signal("stable", 100 + change, 100, category=name),
            )
        shop.add(
            "trend_signals",
            entity_type="category",
            entity_id=name,
            entity_name=name,
            category=name,
            revenue_change="0.3213" if factor > 0 else "-0.3213",
            **signal(word, 300 + factor * 96, 300),
        )
    peak = date(2026, 12, 1)
    shop.product(
        "season",
        seasonality={
            "verdict": "confirmed",
            "next_peak_month": peak,
            "q_value": 0.001,
            "month_12_index": "1.913",
            "category": "season",
        },
        inventory_velocity=stock(7, units_sold_365d=123, category="season"),
        profitability=earned("last_12_months", 1009, 613, category="season"),
    )


def _stock(shop: Any) -> None:
    for product, abc_class in (("restock", "A"), ("out", "C")):
        shop.product(
            product,
            inventory_velocity=stock(
                5, stockout_risk="critical", days_of_cover="2.5", category=product
            ),
            revenue_contribution={**YEAR, "abc_class": abc_class, "revenue_share": "0.011"},
            profitability=earned("last_12_months", 1013, 617, category=product),
        )
    shop.product(
        "dead",
        dead_stock={
            "current_stock": 57,
            "estimated_value": 5901,
            "idle_days": 211,
            "stock_state": "dead",
            "is_dead_stock": True,
        },
    )
    shop.product(
        "much",
        dead_stock={
            "current_stock": 111,
            "days_of_cover": "217.4",
            "excess_quantity": 19,
            "excess_value": 2311,
            "stock_state": "active",
        },
    )
    shop.product(
        "misfit",
        inventory_velocity=stock(
            509,
            units_received_180d=83,
            units_sold_180d=41,
            days_of_cover=254,
            category="misfit",
        ),
    )
    shop.product(
        "tail",
        inventory_velocity=stock(
            7001, gmroi="0.37", turnover_rate="1.3", category="Slow", days_of_cover=100
        ),
        revenue_contribution={**YEAR, "abc_class": "C", "revenue_share": "0.013"},
    )


def _profit(shop: Any) -> None:
    for product, window, revenue, cost, more in (
        ("erosion", "last_12_months", 4001, 3203, {}),
        ("erosion", "last_90_days", 1003, 871, {}),
        ("loss", "last_90_days", 1007, 1109, {}),
        ("price", "last_12_months", 10007, 6007, {"quantity": 101}),
        ("price", "last_90_days", 1801, 1081, {"quantity": 21}),
        ("back", "last_12_months", 1019, 811, {"units_sold": 483, "units_returned": 19}),
        ("back", "last_90_days", 1021, 817, {"units_sold": 118, "units_returned": 17}),
        ("new", "last_90_days", 1031, 619, {}),
    ):
        shop.product(product, profitability=earned(window, revenue, cost, category=product, **more))
    first = AS_OF - timedelta(days=77)
    shop.product(
        "new",
        inventory_velocity=stock(53, category="new"),
        product_master={**master(first), "category": "new"},
    )
    for name, costs, abc_class in (("Gem", (607, 811), "B"), ("Low", (953, 811), "A")):
        for at in range(4):
            cost = costs[0] if at == 0 else costs[1] + at
            product = f"{name}-{at}"
            for window in ("last_12_months", "last_90_days"):
                shop.product(product, profitability=earned(window, 1003 + at, cost, category=name))
            shop.product(
                product,
                revenue_contribution={
                    **YEAR,
                    "abc_class": abc_class if at == 0 else "N",
                    "revenue_share": "0.0217",
                    "category": name,
                },
                trend_signals=signal("stable", 33, 31, category=name),
                product_master={**master(), "category": name},
            )
