"""Whatever came, changed and went before: the answers are those of a build from nothing."""

import random
import shutil
from pathlib import Path

import duckdb
import pytest

from lucid_orchestration.progress import silent
from lucid_orchestration.runs.edits import rows_alone_changed
from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.runs.stamps import Stage, build_inputs, read_stamps
from lucid_orchestration.runs.steps import STEPS, read_inbox
from lucid_orchestration.settings import Settings
from lucid_orchestration.warehouse.build import build
from lucid_orchestration.warehouse.project import known_project, project_as_kept
from tests import shops

FAST = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
HEADER = "Bill No,Line No,Bill Date,Item Code,Item Name,Category,Qty,Rate,Amount,Cost\n"
PRODUCTS = [(f"p{n}", f"Item {n}", f"Category {n % 3}") for n in range(9)]


def sales_file(chance: random.Random, month: int) -> str:
    """Lines of one month; some without code, price or bill, some far away in time."""
    lines = []
    for bill in range(chance.randrange(8, 20)):
        day = f"{2024 + month // 12}-{month % 12 + 1:02}-{chance.randrange(1, 28):02}"
        if chance.random() < 0.05:
            day = chance.choice(["2062-01-01", "2023-02-03", "never"])
        for line in range(chance.randrange(1, 4)):
            code, name, category = chance.choice(PRODUCTS)
            quantity = chance.choice([1, 1, 2, 3, 0.25, -1])
            rate = chance.choice([10, 12.5, 99.99])
            lines.append(
                ",".join(
                    [
                        f"{month}-{bill}" if chance.random() > 0.1 else "",
                        str(line) if chance.random() > 0.3 else "",
                        day,
                        code if chance.random() > 0.3 else "",
                        chance.choice([name, name.upper(), f"{name} new"]),
                        category,
                        str(quantity),
                        str(rate) if chance.random() > 0.1 else "",
                        f"{rate * quantity:.2f}" if chance.random() > 0.3 else "",
                        str(chance.choice(["", "", rate * 0.6, rate * 0.77777])),
                    ]
                )
            )
    return HEADER + "\n".join(lines) + "\n"


def pool(chance: random.Random) -> dict[str, str]:
    """Files a shop may hold: months, a late repeat of two of them, lists and purchases."""
    months = {f"sales_{month:02}.csv": sales_file(chance, month) for month in range(6)}
    first, second = (months[name].splitlines()[1:] for name in list(months)[:2])
    again = HEADER + "\n".join([*first[::2], *second, "", *first[:1]]) + "\n"
    prices = ["Item Code,Item Name,Purchase Price,Sale Price"]
    prices += [f"{code},{name},{chance.choice([5, 40, 900])},{20}" for code, name, _ in PRODUCTS]
    stock = ["Item Code,Item Name,Closing Stock,Cost,Stock Date"]
    stock += [
        f"{code},{name},{chance.randrange(-2, 50)},6,2024-06-30" for code, name, _ in PRODUCTS
    ]
    purchases = ["Purchase Date,Item Code,Item Name,Qty,Unit Cost"]
    purchases += [
        f"2024-{chance.randrange(1, 7):02}-05,{code},{name},{chance.randrange(1, 30)},7.3333"
        for code, name, _ in PRODUCTS[:4]
    ]
    return {
        **months,
        "again.csv": again,
        "price_list.csv": "\n".join(prices) + "\n",
        "stock.csv": "\n".join(stock) + "\n",
        "purchases.csv": "\n".join(purchases) + "\n",
    }


def answers(paths: Settings) -> dict[str, bytes]:
    """Every mart and quality table as bytes; when a file was read is no answer."""
    files = [*paths.marts.glob("*.parquet"), *paths.quality.glob("*.parquet")]
    found = {path.name: path.read_bytes() for path in files if path.stem != "source_files"}
    with duckdb.connect() as database:
        rows = database.execute(
            f"select * exclude (ingested_at) from '{paths.quality}/source_files.parquet'"
        ).fetchall()
    return {**found, "source_files.parquet": repr(rows).encode()}


@pytest.mark.parametrize("seed", [1, 2])
def test_any_history_ends_in_the_answers_of_a_build_from_nothing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    files = pool(chance)
    inbox = tmp_path / "shops" / "inbox"
    for shop in ("one", "two"):
        (inbox / shop).mkdir(parents=True)
        for name in chance.sample(sorted(files), 5):
            (inbox / shop / name).write_text(files[name], encoding="utf-8")
    shops.build(tmp_path / "shops", *FAST)
    for _ in range(3):
        for name in chance.sample(sorted(files), 4):
            path = inbox / chance.choice(["one", "one", "two"]) / name
            if path.exists() and chance.random() < 0.6:
                path.unlink()
            else:
                text = files[name]
                if path.exists():
                    text = text.replace("10,", "11,").replace("Item 3", "Item Three")
                path.write_text(text, encoding="utf-8")
        paths = shops.build(tmp_path / "shops", *FAST)
    shutil.copytree(inbox, tmp_path / "fresh" / "inbox")
    grown = answers(paths)
    fresh = answers(shops.build(tmp_path / "fresh", *FAST))
    assert [name for name in fresh if fresh[name] != grown[name]] == []
    assert fresh.keys() == grown.keys()


def test_another_var_makes_what_depends_on_it_again(tmp_path: Path) -> None:
    changed = (*FAST, "--vars", "{earliest_year: 2025, max_cost_to_price: 1}")
    for folder in ("grown", "fresh"):
        (tmp_path / folder / "inbox" / "shop").mkdir(parents=True)
        path = tmp_path / folder / "inbox" / "shop" / "sales.csv"
        path.write_text(sales_file(random.Random(3), 0), encoding="utf-8")
    before = answers(shops.build(tmp_path / "grown", *FAST))
    grown = answers(shops.build(tmp_path / "grown", *changed))
    fresh = answers(shops.build(tmp_path / "fresh", *changed))
    assert grown == fresh
    assert grown["rejected_rows.parquet"] != before["rejected_rows.parquet"]


def test_a_copied_data_folder_reads_its_own_rows(tmp_path: Path) -> None:
    """What stands in the database names no folder that it was made in."""
    inbox = tmp_path / "first" / "inbox" / "shop"
    inbox.mkdir(parents=True)
    chance = random.Random(5)
    (inbox / "sales_0.csv").write_text(sales_file(chance, 0), encoding="utf-8")
    refresh(Settings(tmp_path / "first"), steps=STEPS[:1])
    shutil.copytree(tmp_path / "first", tmp_path / "copy")
    inbox = tmp_path / "copy" / "inbox"
    (inbox / "shop" / "sales_1.csv").write_text(sales_file(chance, 1), encoding="utf-8")
    refresh(Settings(tmp_path / "copy"), steps=STEPS[:1])
    shutil.copytree(inbox, tmp_path / "fresh" / "inbox")
    refresh(Settings(tmp_path / "fresh"), steps=STEPS[:1])
    assert answers(Settings(tmp_path / "copy")) == answers(Settings(tmp_path / "fresh"))


def test_after_new_rows_alone_only_what_depends_on_rows_is_made_again(tmp_path: Path) -> None:
    inbox = tmp_path / "grown" / "inbox" / "shop"
    inbox.mkdir(parents=True)
    chance = random.Random(4)
    for month in range(2):
        (inbox / f"sales_{month}.csv").write_text(sales_file(chance, month), encoding="utf-8")
    paths = Settings(tmp_path / "grown")
    refresh(paths, steps=STEPS[:1])
    (inbox / "sales_2.csv").write_text(sales_file(chance, 2), encoding="utf-8")
    (inbox / "sales_0.csv").unlink()
    read_inbox(paths, False, silent)
    stamp = read_stamps(paths)[Stage.BUILD]
    assert rows_alone_changed(paths, stamp, build_inputs(paths))
    with project_as_kept(paths) as reading:
        assert known_project(paths) is not None
        reading.succeeded = True
    done = build(paths, rows_alone=True)
    ran = {node.name for node in done.nodes}
    assert {node.kind for node in done.nodes} == {"model", "test"}
    assert not ran & {"stg_sales", "judged_sales_amounts", "unique_unit_words_word"}
    # what says that rows are right is asked of views as well
    assert {"assert_every_reason_has_a_sentence", "int_datasets", "trends"} <= ran
    assert any(name.startswith("unique_combination_stg_sales_") for name in ran)
    shutil.copytree(paths.inbox, tmp_path / "fresh" / "inbox")
    fresh = Settings(tmp_path / "fresh")
    refresh(fresh, steps=STEPS[:1])
    assert answers(paths) == answers(fresh)
