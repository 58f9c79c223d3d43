"""Make a retail shop of any size: one CSV file per month, a stock list, and one month more.

Usage: python benchmarks/make_shop.py LINES PRODUCTS FOLDER
Writes FOLDER/shop/*.csv (36 months), and FOLDER/next/sales_2025-01.csv (1 % of the lines). Products
follow Zipf's law, a third of them has a season, 2 % of the lines are returns; same arguments, same
bytes on one version of DuckDB.
"""

import sys
from datetime import date
from pathlib import Path

import duckdb

MONTHS = 36
FIRST_YEAR = 2022
# Twenty-four categories, as many as a general store has
PRODUCTS = """
create table products as
select
    i as rank,
    'P' || lpad(cast((i * 7919) % {products} as varchar), 7, '0') as product_id,
    'Item ' || i || ' of brand ' || i % 37 as product_name,
    'Category ' || i % 24 as category,
    cast(20 + hash(i, 'price') % 98000 / 100 as decimal(18, 2)) as price,
    cast(price * (50 + hash(i, 'cost') % 45) / 100 as decimal(18, 2)) as cost,
    cast(hash(i, 'season') % 36 as integer) as peak,
    cast(hash(i, 'stock') % 200 as integer) as stock
from range({products}) as numbers (i)
"""
# A seasonal product outside its three months gives two of three lines to one without a season.
LINES = """
select
    '{month}-' || lpad(cast(line // 3 as varchar), 7, '0') as "Invoice No",
    line % 3 + 1 as "Line No",
    date '{first}' + cast(line * {days} // {lines} as integer) as "Date",
    'C' || hash(line // 3, {seed}, 'customer') % 50000 as "Customer",
    product_id as "Product Code",
    product_name as "Product Name",
    category as "Category",
    case when hash(line, {seed}, 'return') % 50 = 0 then -1 else 1 end
    * (1 + cast(hash(line, {seed}, 'quantity') % 3 as integer)) as "Quantity",
    price as "Rate",
    price * "Quantity" as "Amount"
from (
    select
        line,
        cast(
            least(pow({products}, hash(line, {seed}, 'rank') / pow(2, 64)), {products}) - 1
            as bigint
        ) as drawn
    from range({lines}) as numbers (line)
) as draws
inner join (select rank as wanted_rank, peak as wanted_peak from products)
    on draws.drawn = wanted_rank
inner join products on rank = case
    when
        wanted_peak < 12 and ({place} - wanted_peak + 12) % 12 > 2
        and hash(line, {seed}, 'off') % 3 > 0
        then (draws.drawn // 36) * 36 % {products}
    else draws.drawn
end
order by line
"""
STOCK = """
select
    product_id as "Product Code", product_name as "Product Name", category as "Category",
    stock as "Stock", cost as "Cost", '2024-12-31' as "Stock Date"
from products order by rank
"""


def main() -> None:
    """Write the shop the command line asks for."""
    lines, products, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    make_shop(lines, products, folder)


def make_shop(lines: int, products: int, folder: Path) -> None:
    """Write a shop with so many sales lines and products."""
    (folder / "shop").mkdir(parents=True)
    (folder / "next").mkdir()
    with duckdb.connect() as database:
        database.execute(PRODUCTS.format(products=products))
        for index in range(MONTHS + 1):
            first = date(FIRST_YEAR + index // 12, index % 12 + 1, 1)
            is_next = index == MONTHS
            query = LINES.format(
                month=f"{first:%Y%m}",
                first=first.isoformat(),
                days=(date(first.year + first.month // 12, first.month % 12 + 1, 1) - first).days,
                lines=lines // 100 if is_next else lines // MONTHS,
                seed=index,
                products=products,
                place=first.month - 1,
            )
            part = folder / ("next" if is_next else "shop") / f"sales_{first:%Y-%m}.csv"
            database.execute(f"copy ({query}) to '{part.as_posix()}' (header)")
        stock = folder / "shop" / "stock.csv"
        database.execute(f"copy ({STOCK}) to '{stock.as_posix()}' (header)")


if __name__ == "__main__":
    main()
