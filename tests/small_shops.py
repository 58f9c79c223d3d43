"""Shops of a few hundred invented lines, for tests and measurements with many of them."""

import random
from datetime import date, timedelta
from pathlib import Path

FIRST_DAY = date(2025, 1, 1)
DAYS = 500
PRODUCTS = 12


def write_shop(inbox: Path, name: str, seed: int, lines: int = 300) -> Path:
    """Write one file of sales into a shop's folder; equal seeds give equal lines."""
    picked = random.Random(seed)
    rows = ["date,invoice,product,quantity,price,amount"]
    for line in range(lines):
        day = FIRST_DAY + timedelta(days=line * DAYS // lines)
        product, quantity = picked.randrange(PRODUCTS), picked.randrange(1, 6)
        price = 10 + product
        rows.append(
            f"{day},{name}-{seed}-{line},Product {product},{quantity},{price}.00,"
            f"{quantity * price}.00"
        )
    file = inbox / name / f"sales-{seed}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file
