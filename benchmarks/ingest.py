"""What it costs to get sales lines from a text file to `stg_sales`.

Usage: python benchmarks/ingest.py [--lines 10000000] [--files 36]
Compares Lucid (text landed as Parquet, typed and judged in SQL) with the least DuckDB can do: one
hand-written statement that types and judges the lines of a file and keeps the rejected ones with
their text. Prints a table and keeps it in benchmarks/RESULTS.md; the ratio of CPU seconds is what
to compare.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))

from results import keep

# One statement per file, as a specialist would write it for exactly this layout: no detection of
# encoding, layout or conventions, one amount, no other file to compare with.
LIMIT = """
create temp table judged as
with lines as (
    select
        row_number() over () + 1 as row_number, *,
        try_cast("Date" as date) as sale_date,
        try_cast("Qty" as decimal(18, 3)) as quantity,
        try_cast("Rate" as decimal(18, 4)) as unit_price,
        try_cast("Amount" as decimal(18, 4)) as net_revenue
    from read_csv('{path}', all_varchar = true, header = true, auto_detect = false, delim = ',',
        quote = '"', escape = '"', null_padding = true,
        columns = {{'Invoice No': 'varchar', 'Line': 'varchar', 'Date': 'varchar',
                   'Customer': 'varchar', 'Product Code': 'varchar', 'Item Name': 'varchar',
                   'Category': 'varchar', 'Qty': 'varchar', 'Rate': 'varchar', 'Disc %': 'varchar',
                   'Amount': 'varchar'}})
)
select *, case
    when "Product Code" is null and "Item Name" is null then 'missing_product'
    when "Date" is null then 'missing_date'
    when sale_date is null then 'unreadable_date'
    when year(sale_date) not between 1990 and 2100 then 'date_out_of_range'
    when quantity is null then 'unreadable_quantity'
    when net_revenue is null then 'unreadable_amount'
    when quantity < 0 and net_revenue > 0 then 'sign_mismatch'
    when row_number() over (partition by "Invoice No", "Line", "Product Code", quantity, net_revenue
        order by row_number) > 1 then 'duplicate_line'
end as reason
from lines;
copy (select "Invoice No", "Line", sale_date, "Customer", lower("Product Code"), "Item Name",
        "Category", quantity, unit_price, net_revenue
    from judged where reason is null) to '{accepted}' (format parquet, compression zstd);
copy (select * from judged where reason is not null) to '{rejected}' (format parquet);
drop table judged;
"""


def main() -> None:
    """Make the lines, run both ways in processes of their own, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--files", type=int, default=36)
    parser.add_argument("--only", choices=["limit", "lucid"], help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only == "limit":
        limit(arguments.data)
    elif arguments.only == "lucid":
        lucid(arguments.data)
    else:
        with tempfile.TemporaryDirectory() as folder:
            compare(Path(folder), arguments.lines, arguments.files)


def compare(data: Path, lines: int, files: int) -> None:
    """Print CPU seconds and peak memory of both ways over the same files."""
    write_sales(data / "inbox" / "shop", lines, files)
    size = sum(path.stat().st_size for path in data.glob("inbox/shop/*.csv")) / 1e9
    text = (
        f"{lines:,} lines in {files} files, {size:.2f} GB. "
        "Made by `python benchmarks/ingest.py`.\n\n"
        "| way | CPU s | peak MB | CPU, ratio to the limit |\n|---|---:|---:|---:|\n"
    )
    least = None
    for way in ("limit", "lucid"):
        command = [sys.executable, __file__, "--only", way, "--data", str(data)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        cpu, memory = map(float, output.split()[-2:])
        least = least or cpu
        text += f"| {way} | {cpu:.1f} | {memory:.0f} | {cpu / least:.2f} |\n"
    print(text)
    keep("From a text file to judged sales lines", text)


def write_sales(folder: Path, lines: int, files: int) -> None:
    """Write invented sales, one file a month; the same lines every time."""
    folder.mkdir(parents=True)
    with duckdb.connect() as database:
        for number in range(files):
            count = lines // files + (number < lines % files)
            database.execute(f"""
                copy (
                    select
                        'INV-{number:03}-' || cast(n // 2 as varchar) as "Invoice No",
                        n % 2 + 1 as "Line",
                        cast(date '2022-01-01' + interval ({number}) month + interval (n % 28) day
                            as date) as "Date",
                        'C' || cast(hash(n) % 50000 as varchar) as "Customer",
                        'P' || lpad(cast(product as varchar), 6, '0') as "Product Code",
                        'Everyday Pantry Item ' || cast(product as varchar) as "Item Name",
                        'Category ' || cast(product % 24 as varchar) as "Category",
                        cast(1 + hash(n, 2) % 5 as decimal(18, 3)) as "Qty",
                        cast(20 + product % 900 as decimal(18, 2)) as "Rate",
                        '0.00' as "Disc %",
                        cast((1 + hash(n, 2) % 5) * (20 + product % 900) as decimal(18, 2))
                            as "Amount"
                    from (
                        select n, hash(n, {number}) % 20000 as product
                        from range({count}) as numbers (n)
                    )
                    order by n
                ) to '{folder}/sales_{number:03}.csv' (header, delimiter ',')
            """)


def limit(data: Path) -> None:
    """The hand-written way, file by file."""
    with duckdb.connect() as database:
        for path in sorted(data.glob("inbox/shop/*.csv")):
            target = data / "limit"
            target.mkdir(exist_ok=True)
            database.execute(
                LIMIT.format(
                    path=path,
                    accepted=target / f"{path.stem}.parquet",
                    rejected=target / f"{path.stem}_rejected.parquet",
                )
            )
    print_usage()


def lucid(data: Path) -> None:
    """Lucid's way: land the inbox, then build staging; dbt's start-up included."""
    from dbt.cli.main import dbtRunner

    from lucid_orchestration.ingest.landing import ingest
    from lucid_orchestration.settings import PROJECT_DIR, settings

    os.environ["LUCID_DATA_DIR"] = str(data)
    paths = settings()
    ingest(paths.inbox, paths.raw, paths.state)
    print("landed", *usage(), file=sys.stderr)
    result = dbtRunner().invoke(
        [
            "--quiet",
            "build",
            "--select=+stg_sales",
            "--exclude-resource-type=test",
            "--exclude-resource-type=unit_test",
            f"--project-dir={PROJECT_DIR}",
            f"--profiles-dir={PROJECT_DIR}",
            f"--target-path={data / 'target'}",
            f"--log-path={data / 'logs'}",
        ]
    )
    if not result.success:
        raise RuntimeError("the staging models did not build")
    print_usage()


def usage() -> tuple[float, float]:
    """CPU seconds and peak resident MB of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def print_usage() -> None:
    """For the process that compares."""
    print(*usage())


if __name__ == "__main__":
    main()
