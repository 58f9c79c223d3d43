"""A shop in which each of Lucid's rules has something to say, a product or category for each."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.unit.insights.conftest import add_dataset
from tests.unit.insights.test_shipped_rules import AS_OF, earned, master, signal, stock

YEAR = {"revenue_window": "last_12_months"}


def fill(shop: Any) -> None:
    """Add the rows; the figures are uneven, so that no two are right by luck."""
    _trends(shop)
    _stock(shop)
    _branches(shop)
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
            previous_profit=None,
            rate_change=None,
            previous_rate=None,
            slope_per_month="0.0612",
            p_value=0.001,
            months_observed=11,
        ),
        inventory_velocity=stock(53, category="short"),
        product_master=master(),
        profitability=earned("last_12_months", 1003, 607, category="short"),
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
            **signal(word, 300 + factor * 96, 300, per=10),
        )
    peak = date(2026, 12, 1)
    shop.product(
        "season",
        seasonality={
            "verdict": "confirmed",
            "next_peak_month": peak,
            "q_value": 0.001,
            "category": "season",
        },
        inventory_velocity=stock(7, expected_units_90d=307, category="season"),
        profitability=earned("last_12_months", 1009, 613, category="season"),
    )
    shop.product(
        "festive",
        event_demand={
            "event": "Diwali",
            "event_date": date(2026, 11, 8),
            "days_until": 8,
            "expected_units": 61,
            "expected_units_to_end": 73,
            "usual_units": 11,
            "best_usual_units": 17,
            "lift": "5.545455",
            "demand_share": "0.341",
        },
        inventory_velocity=stock(19, category="festive"),
        profitability=earned("last_12_months", 1033, 613, category="festive"),
    )
    shop.product(
        "often",
        inventory_velocity=stock(41, out_of_stock_days_365d=97, category="often"),
        revenue_contribution={**YEAR, "abc_class": "A", "revenue_share": "0.019"},
        profitability=earned("last_12_months", 1049, 617, category="often"),
    )
    for name, first, last in (
        ("kesar soap gold", date(2024, 5, 1), date(2026, 8, 3)),
        ("kesar soap royal gold", date(2026, 8, 9), AS_OF),
    ):
        shop.product(
            name,
            name,
            product_master={
                "first_seen_date": first,
                "first_sale_date": first,
                "last_sale_date": last,
                "category": "soap",
            },
            profitability=earned(
                "last_12_months", 1051, 619, category="soap", quantity=83 if last == AS_OF else 277
            ),
        )
    shop.rows["datasets"][0].update(gap_count=2, last_gap_month=date(2025, 11, 1))
    # one shop cannot do both: the other falls
    add_dataset(shop, "second")
    for name, word, recent in (("shop", "rising", 397), ("second", "declining", 211)):
        shop.add(
            "trend_signals",
            dataset_id=name,
            entity_type="store",
            entity_id=name,
            entity_name=name,
            **signal(word, recent, 307, per=10),
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


def _branches(shop: Any) -> None:
    shop.product("moved", profitability=earned("last_12_months", 1063, 619, category="moved"))
    for branch, more in (
        (
            "Koramangala",
            {"current_stock": 143, "expected_units_60d": "40.5", "units_to_spare": 102},
        ),
        (
            "Indiranagar",
            {
                "current_stock": 0,
                "expected_units_30d": "16.5",
                "branch_state": "out",
                "units_lacking": 17,
                "take_from_branch_id": "koramangala",
                "take_from_branch_name": "Koramangala",
                "units_to_take": 17,
            },
        ),
    ):
        shop.product(
            "moved",
            "Basmati",
            branch_products={
                "branch_id": branch.lower(),
                "branch_name": branch,
                "units_to_take": 0,
                **more,
            },
        )


def _profit(shop: Any) -> None:
    for product, window, revenue, cost, more in (
        ("erosion", "last_12_months", 4001, 3203, {}),
        ("erosion", "last_90_days", 1003, 871, {"quantity": 25}),
        ("loss", "last_90_days", 1007, 1109, {}),
        ("price", "last_12_months", 10007, 6007, {"quantity": 101}),
        ("price", "last_90_days", 1801, 1081, {"quantity": 21}),
        ("back", "last_12_months", 1019, 811, {"units_sold": 483, "units_returned": 19}),
        ("back", "last_90_days", 1021, 817, {"units_sold": 118, "units_returned": 17}),
        ("new", "last_90_days", 1031, 619, {}),
    ):
        shop.product(product, profitability=earned(window, revenue, cost, category=product, **more))
    # a shop of its own: a margin that is wanted is one for all of its products
    shop.rows["datasets"][1]["target_margin"] = Decimal("0.35")
    for window in ("last_12_months", "last_90_days"):
        shop.product("cheap", profitability={"dataset_id": "second", **earned(window, 1061, 811)})
    shop.product(
        "cheap",
        revenue_contribution={
            "dataset_id": "second",
            **YEAR,
            "abc_class": "A",
            "revenue_share": "0.023",
        },
    )
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
