"""Each changing operation: what it leaves behind, what it asks of the worker, what it refuses."""

import os
import subprocess
import sys
import time
from decimal import Decimal
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from lucid_orchestration.ingest.inbox import list_inbox
from lucid_orchestration.insights.feedback import read_feedback
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.settings import Settings
from tests.desk_data import ORIGIN, Idle, desk_over
from tests.pdf_bills import Bill, Item, columns, write_pdf

API = "/api/v1"
SHOP = f"{API}/datasets/shop"
GOOD = b"Date,Item,Qty,Amount\n2026-10-03,Tea,1,10.00\n2026-10-04,Tea,3,30.00\n"
ODD = b"When,Thing sold,Nos out,Rupees got\n2026-10-01,Tea,1,10.00\n2026-10-02,Jam,2,20.00\n"
RULE = """rules:
  - id: my_rule
    category: risk
    entity_type: product
    sql: >-
      select dataset_id, product_id as entity_id, product_name as entity_name, idle_days
      from dead_stock where idle_days >= $least
    parameters: {least: 4}
    facts: {idle_days: {unit: days, table: dead_stock}}
    title: "{entity_name} lies"
    summary: "{entity_name} has lain for {idle_days}."
    action: Sell it.
    group_title: "{count} products lie"
"""


def files_of(paths: Settings, shop: str = "shop") -> set[str]:
    folder = paths.inbox / shop
    return {file.name for file in folder.iterdir()} if folder.is_dir() else set()


def id_of(paths: Settings, name: str) -> str:
    found = list_inbox(paths.inbox, paths.state / "digests.json")
    return next(f.source_file_id for f in found if (f.dataset_id, f.name) == ("shop", name))


def refused(answer: Any, status: int, field: str | None = None) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().get("field") == field
    return str(answer.json()["detail"])


def orders(worker: Idle, count: int) -> list[Any]:
    for _ in range(200):
        if len(worker.orders) >= count:
            break
        time.sleep(0.05)
    return worker.orders


def test_files_are_brought_looked_at_and_read(
    page: TestClient, paths: Settings, worker: Idle
) -> None:
    files = [("files", ("more.csv", GOOD)), ("files", ("odd.csv", ODD))]
    answer = page.post(f"{API}/datasets/New Shop/files", files=files)
    assert answer.status_code == 202
    content = answer.json()
    good, odd = content["files"]
    assert (good["status"], good["kind"], good["was_new"]) == ("accepted", "sales", True)
    assert {"header": "Qty", "field": "quantity"}.items() <= good["columns"][2].items()
    assert good["rows"]["sales"][0]["quantity"] == "1"
    assert odd["status"] == "refused"
    assert odd["reason"]
    assert files_of(paths, "new-shop") == {"more.csv", "odd.csv"}
    job = page.get(content["job"]["address"]).json()
    assert job["why"] == "2 files were brought to New Shop"
    assert [order["kind"] for order in orders(worker, 1)] == ["refresh"]
    # the same again is nothing new; another content of that name is a conflict unless it is said
    again = page.post(f"{API}/datasets/new-shop/files", files=files).json()
    assert [file["was_new"] for file in again["files"]] == [False, False]
    changed = [("files", ("more.csv", GOOD + b"2026-10-05,Jam,1,5.00\n"))]
    refused(page.post(f"{API}/datasets/new-shop/files", files=changed), 409)
    assert (paths.inbox / "new-shop" / "more.csv").read_bytes() == GOOD
    replaced = page.post(f"{API}/datasets/new-shop/files?replace=true", files=changed)
    assert replaced.status_code == 202
    assert (paths.inbox / "new-shop" / "more.csv").read_bytes() == changed[0][1][1]
    assert list(paths.state.glob("upload-*")) == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "multipart/form-data; boundary=x", 400),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", 400),
        (b"--x--\r\n", "multipart/form-data; boundary=x", 400),
        (
            b"--x\r\nContent-Disposition: form-data; name=f\r\n\r\na\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
            400,
        ),
        (b"{}", "multipart/form-data", 400),
        (b"{}", "application/json", 400),
    ],
)
def test_an_upload_that_is_none_is_refused(
    page: TestClient, paths: Settings, body: bytes, kind: str, status: int
) -> None:
    answer = page.post(f"{SHOP}/files", content=body, headers={"content-type": kind})
    assert answer.status_code == status, answer.text
    assert files_of(paths) == {"sales.csv"}
    assert list(paths.state.glob("upload-*")) == []


def test_an_upload_that_is_cut_off_leaves_nothing(page: TestClient, paths: Settings) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'
    kind = {"content-type": "multipart/form-data; boundary=x"}
    refused(page.post(f"{SHOP}/files", content=head + GOOD, headers=kind), 400, "files")
    assert files_of(paths) == {"sales.csv"}


def test_two_files_of_one_name_or_a_shop_without_one_are_refused(page: TestClient) -> None:
    twice = [("files", ("a.csv", GOOD)), ("files", ("A.CSV", GOOD))]
    refused(page.post(f"{SHOP}/files", files=twice), 400, "files")
    refused(page.post(f"{API}/datasets/---/files", files=twice[:1]), 400)


def test_a_file_can_be_looked_at_without_being_kept(page: TestClient, paths: Settings) -> None:
    before = {path for path in paths.data_dir.rglob("*") if path.is_file()}
    answer = page.post(f"{API}/inspect?shop=shop", files={"files": ("more.csv", GOOD)})
    assert answer.status_code == 200
    assert answer.json()["files"][0]["kind"] == "sales"
    after = {path for path in paths.data_dir.rglob("*") if path.is_file()}
    assert {path.name for path in after - before} <= {"inbox_digests.json"}
    refused(page.post(f"{API}/inspect", files={"files": ("x.exe", b"MZ")}), 415, "files")
    refused(page.post(f"{API}/inspect?shop=no", files={"files": ("a.csv", GOOD)}), 404)


def test_files_and_shops_are_removed_and_come_back(
    page: TestClient, paths: Settings, worker: Idle
) -> None:
    page.post(f"{SHOP}/files", files={"files": ("more.csv", GOOD)})
    gone = page.delete(f"{SHOP}/files/{id_of(paths, 'more.csv')}")
    assert gone.status_code == 202
    assert files_of(paths) == {"sales.csv"}
    back = page.post(f"{SHOP}/restore")
    assert (back.status_code, back.json()["count"]) == (202, 1)
    assert (paths.inbox / "shop" / "more.csv").read_bytes() == GOOD
    assert page.delete(SHOP).json()["count"] == 1
    assert files_of(paths) == set()
    assert files_of(paths, "other") == {"sales.csv"}
    assert page.post(f"{SHOP}/restore").json()["count"] == 2
    assert files_of(paths) == {"sales.csv", "more.csv"}
    refused(page.post(f"{SHOP}/restore"), 404)
    refused(page.delete(f"{API}/datasets/nobody"), 404)
    refused(page.delete(f"{SHOP}/files/{'0' * 32}"), 404)
    refused(page.delete(f"{SHOP}/files/x"), 400, "file_id")
    assert orders(worker, 1)


def test_what_comes_back_never_replaces_what_is_there(page: TestClient, paths: Settings) -> None:
    page.delete(f"{SHOP}/files/{id_of(paths, 'sales.csv')}")
    page.post(f"{SHOP}/files", files={"files": ("sales.csv", GOOD)})
    refused(page.post(f"{SHOP}/restore"), 409)
    assert (paths.inbox / "shop" / "sales.csv").read_bytes() == GOOD


def test_a_misread_file_is_tried_and_then_read_another_way(
    page: TestClient, paths: Settings
) -> None:
    page.post(f"{SHOP}/files", files={"files": ("odd.csv", ODD)})
    (paths.inbox / "shop" / "mapping.yml").write_text("# mine\ncurrency: INR\n", encoding="utf-8")
    file = f"{SHOP}/files/{id_of(paths, 'odd.csv')}"
    look = page.get(f"{file}/look").json()
    assert look["status"] == "refused"
    assert look["top"][0] == {"number": 1, "cells": ["When", "Thing sold", "Nos out", "Rupees got"]}
    said = {
        "kind": "sales",
        "columns": {
            "When": "sale_date",
            "Thing sold": "product_name",
            "Nos out": "quantity",
            "Rupees got": "net_amount",
        },
    }
    tried = page.post(f"{file}/try", json=said).json()
    assert (tried["status"], tried["kind"]) == ("accepted", "sales")
    assert tried["rows"]["sales"][1]["product_name"] == "Jam"
    assert "odd.csv" not in (paths.inbox / "shop" / "mapping.yml").read_text(encoding="utf-8")
    kept = page.put(f"{file}/mapping", json=said)
    assert kept.status_code == 202
    text = (paths.inbox / "shop" / "mapping.yml").read_text(encoding="utf-8")
    assert text.startswith("# mine\ncurrency: INR\n")
    assert yaml.safe_load(text)["files"] == [{"match": "odd.csv", **said}]
    assert page.get(f"{file}/look").json()["status"] == "accepted"
    refused(page.post(f"{file}/try", json={"columns": {"When": "colour"}}), 400, "columns.When")
    refused(page.put(f"{SHOP}/files/{'0' * 32}/mapping", json=said), 404)
    # taken back, the rest stays
    assert page.put(f"{file}/mapping", json={}).status_code == 202
    assert "currency: INR" in page.get(f"{SHOP}/mapping").json()["text"]


def test_a_mapping_is_written_whole_or_not_at_all(page: TestClient, paths: Settings) -> None:
    text = "currency: INR\n"
    assert page.put(f"{SHOP}/mapping", json={"text": text}).status_code == 202
    assert page.get(f"{SHOP}/mapping").json()["text"] == text
    for wrong in ("currency: rupees\n", "a: [", "x" * 150_000):
        refused(page.put(f"{SHOP}/mapping", json={"text": wrong}), 422, "text")
    assert page.get(f"{SHOP}/mapping").json()["text"] == text
    refused(page.put(f"{SHOP}/mapping", json={}), 400, "text")
    refused(page.put(f"{API}/datasets/nobody/mapping", json={"text": text}), 404)


def test_what_is_said_of_an_insight_is_kept_with_the_shop(
    page: TestClient, paths: Settings
) -> None:
    one = f"{SHOP}/insights/rule-shop-0/snooze"
    file = paths.inbox / "shop" / "lucid.yml"
    file.write_text("rules: {dead_stock: {min_value: 5}}\nmine: kept\n", encoding="utf-8")
    answer = page.put(one, json={"until": "2026-12-01"})
    assert answer.json()["snoozed_until"] == "2026-12-01"
    assert page.put(f"{SHOP}/insights/rule-shop-1/snooze", json={"done": True}).status_code == 200
    said = read_feedback(paths.inbox)
    assert {k: str(v) for k, v in said.snoozed.items()} == {"rule-shop-0": "2026-12-01"}
    assert {k: str(v) for k, v in said.done.items()} == {"rule-shop-1": "2026-10-31"}
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert content["mine"] == "kept"
    assert content["rules"] == {"dead_stock": {"min_value": 5}}
    assert page.put(one, json={}).status_code == 200
    assert "rule-shop-0" not in file.read_text(encoding="utf-8")
    refused(page.put(one, json={"done": True, "not_useful": True}), 400, "until")
    refused(page.put(one, json={"until": "soon"}), 400, "until")
    refused(page.put(f"{SHOP}/insights/none/snooze", json={"done": True}), 404)
    file.write_text("a: [", encoding="utf-8")
    refused(page.put(one, json={"done": True}), 422)
    assert file.read_text(encoding="utf-8") == "a: ["


def test_what_a_shop_says_of_itself_is_kept_and_shown(page: TestClient, paths: Settings) -> None:
    address = f"{SHOP}/knowledge"
    silent = {row["key"]: row for row in page.get(address).json()["rows"]}
    assert (silent["lead_time_days"]["value"], silent["lead_time_days"]["is_told"]) == (
        "7 days",
        False,
    )
    text = "lead_time_days: 12\nclosed_weekdays:\n- sunday\n"
    kept = page.put(address, json={"text": text})
    assert (kept.status_code, kept.json()["rows"][0]["value"]) == (202, "12 days")
    answer = page.get(address).json()
    assert answer["text"] == text == (paths.inbox / "shop" / "lucid.yml").read_text("utf-8")
    assert answer["rows"][0]["value"] == "12 days"
    for wrong in ("lead_time_days: soon", "a: [", "rules: {}"):
        refused(page.put(address, json={"text": wrong}), 422, "text")
    assert page.get(address).json()["text"] == text
    refused(page.put(f"{API}/datasets/nobody/knowledge", json={"text": ""}), 404)
    shown = page.get("/shops/shop/rules").text
    assert "An order takes" in shown
    assert "lead_time_days: 12" in shown


def test_a_rule_is_tried_before_it_is_kept(page: TestClient, paths: Settings) -> None:
    tried = page.post(f"{API}/rules/try", json={"shop": "shop", "text": RULE}).json()
    assert (tried["rule_id"], tried["count"], tried["usual"]) == ("my_rule", 2, None)
    assert tried["sentence"] == "It would have found 2 products."
    assert not paths.rules.exists()
    kept = page.put(f"{API}/rules", json={"shop": "shop", "text": RULE})
    assert kept.status_code == 202
    assert (paths.rules / "my_rule.yml").read_text(encoding="utf-8") == RULE
    assert "my_rule" in {row["rule_id"] for row in page.get(f"{API}/rules").json()["rows"]}
    asked = {"shop": "shop", "rule_id": "my_rule", "limits": {"least": 5}}
    other = page.post(f"{API}/rules/try", json=asked).json()
    assert (other["count"], other["usual"]) == (1, 2)
    assert page.put(f"{API}/rules", json=asked).status_code == 202
    listed = {row["rule_id"]: row for row in page.get(f"{API}/rules").json()["rows"]}
    assert listed["my_rule"]["changed"] == {"shop": {"least": 5}}
    back = {"shop": "shop", "rule_id": "my_rule", "limits": {}}
    assert page.put(f"{API}/rules", json=back).status_code == 202
    assert not (paths.inbox / "shop" / "lucid.yml").exists()


@pytest.mark.parametrize(
    ("question", "status", "field"),
    [
        ({"shop": "shop"}, 400, "text"),
        ({"shop": "shop", "rule_id": "none", "limits": {}}, 404, None),
        ({"shop": "nobody", "rule_id": "dead_stock", "limits": {}}, 404, None),
        ({"shop": "shop", "rule_id": "dead_stock", "limits": {"colour": 1}}, 400, "colour"),
        ({"shop": "shop", "rule_id": "dead_stock", "limits": {"min_value": 1e300}}, 400, None),
        ({"shop": "shop", "text": "rules: ["}, 422, "text"),
        ({"shop": "shop", "text": "rules: []"}, 422, "text"),
        ({"shop": "shop", "text": RULE.replace("idle_days >=", "colour >=")}, 422, "text"),
        (
            {
                "shop": "shop",
                "text": RULE.replace("dead_stock where", "read_csv('/etc/passwd') where"),
            },
            422,
            "text",
        ),
    ],
)
def test_a_rule_that_is_none_is_not_kept(
    page: TestClient,
    paths: Settings,
    worker: Idle,
    question: dict[str, Any],
    status: int,
    field: str | None,
) -> None:
    for method, address in (("POST", f"{API}/rules/try"), ("PUT", f"{API}/rules")):
        answer = page.request(method, address, json=question)
        assert answer.status_code == status, answer.text
        assert field is None or answer.json()["field"] == field
    assert not paths.rules.exists()
    assert worker.orders == []


def test_a_rule_of_lucid_is_not_replaced(page: TestClient, paths: Settings) -> None:
    text = RULE.replace("my_rule", "dead_stock")
    refused(page.put(f"{API}/rules", json={"shop": "shop", "text": text}), 409, "text")
    assert not paths.rules.exists()


def test_runs_are_asked_for_watched_and_cancelled(page: TestClient, worker: Idle) -> None:
    full = page.post(f"{API}/runs", json={"full": True})
    assert full.status_code == 202
    assert [order["full"] for order in orders(worker, 1)] == [True]
    for _ in range(100):
        run = page.get(full.json()["address"]).json()
        if run["status"] == "unchanged":
            break
        time.sleep(0.05)
    assert (run["kind"], run["status"], run["message"]) == ("full refresh", "unchanged", "Done.")
    refused(page.delete(full.json()["address"]), 409)
    refused(page.delete(f"{API}/runs/none"), 404)
    refused(page.post(f"{API}/runs", json={"full": "perhaps"}), 400, "full")
    refused(page.post(f"{API}/runs", json={"shop": "nobody"}), 404)


def test_a_run_that_another_process_holds_up_is_a_conflict(
    page: TestClient, paths: Settings
) -> None:
    with run_lock(paths, lambda _line: None):
        assert "process" in refused(page.post(f"{API}/runs", json={}), 409)


def test_an_explanation_is_always_given(
    page: TestClient, worker: Idle, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = f"{SHOP}/insights/rule-shop-0/explanation"
    monkeypatch.delenv("LUCID_AI_PROVIDER", raising=False)
    for answer in (page.get(one), page.post(one)):
        assert answer.status_code == 200
        assert answer.json()["source"] == "template"
        assert answer.json()["explanation"]
    assert worker.orders == []
    monkeypatch.setenv("LUCID_AI_PROVIDER", "nobody")
    assert page.post(one).json()["source"] == "template"
    monkeypatch.setenv("LUCID_AI_PROVIDER", "openai")
    row = {
        "insight_id": "rule-shop-0",
        "headline": "H",
        "explanation": "E",
        "guidance": "G",
        "template_explanation": "Plain E",
        "template_guidance": "Plain G",
        "text_source": "ai",
        "provider": "openai",
        "model": "m",
        "verdict_codes": "[]",
        "template_reason": None,
    }
    worker.does = lambda order, hear: hear(
        {"id": order["id"], "end": "succeeded", "message": "", "text": row}
    )
    worded = page.post(one).json()
    assert (worded["source"], worded["explanation"], worded["verdict"]) == ("ai", "E", [])
    assert (worded["template_explanation"], worded["template_guidance"]) == ("Plain E", "Plain G")
    assert worker.orders[-1]["insight"] == "rule-shop-0"
    worker.does = lambda order, hear: hear(
        {"id": order["id"], "end": "failed", "message": "Offline."}
    )
    assert (
        page.post(one).json() | {"source": "template", "reason": "Offline."}
        == page.post(one).json()
    )
    refused(page.get(f"{SHOP}/insights/none/explanation"), 404)
    refused(page.post(f"{SHOP}/insights/none/explanation"), 404)


def test_the_invented_shop_can_be_asked_for(page: TestClient, paths: Settings) -> None:
    assert page.post(f"{API}/sample-shop").json()["count"] > 10
    assert "product_list.csv" in files_of(paths, "sample-shop")


def test_a_first_look_follows_what_the_shop_says_of_its_files(
    page: TestClient, paths: Settings
) -> None:
    fields = ("sale_date", "product_name", "quantity", "net_amount")
    headings = ODD.decode().splitlines()[0].split(",")
    told = yaml.safe_dump({"columns": dict(zip(headings, fields, strict=True))})
    (paths.inbox / "shop" / "mapping.yml").write_text(told, encoding="utf-8")
    files = {"files": ("odd.csv", ODD)}
    for answer in (
        page.post(f"{API}/inspect?shop=shop", files=files),
        page.post(f"{SHOP}/files", files=files),
    ):
        assert answer.json()["files"][0]["status"] == "accepted"
    assert page.post(f"{API}/inspect", files=files).json()["files"][0]["status"] == "refused"


def test_a_way_to_read_a_bill_is_chosen_on_its_page(page: TestClient, paths: Settings) -> None:
    items = (Item("Black Pepper 500 g", "12", "410.00", "5"), Item("Mug", "3", "99.50"))
    bill = Bill(items, extra=[("Zorbel fund", Decimal("12.00"))])
    shop = paths.inbox / "shop"
    write_pdf(shop / "bill.pdf", columns, bill)
    (shop / "mapping.yml").write_text("# mine\ncurrency: INR\n", encoding="utf-8")
    file = f"{SHOP}/files/{id_of(paths, 'bill.pdf')}"
    look = page.get(f"{file}/look").json()
    assert (look["status"], look["rows"]) == ("quarantined", {})
    (puzzle,) = look["puzzles"]
    ways = {way["says"]["labels"]["Zorbel fund"]: way for way in puzzle["candidates"]}
    assert set(ways) == {"charge", "tax"}
    net, tax = bill.net, bill.tax
    assert ways["charge"]["net"] == f"{net + 12:f}"
    assert ways["charge"]["total"] == f"{net + tax + 12:f}"
    assert ways["charge"]["lines"][0]["name"] == "Black Pepper 500 g"
    shown = page.get(f"/shops/shop/files/{id_of(paths, 'bill.pdf')}")
    assert shown.status_code == 200, shown.text
    assert "“Zorbel fund” is a charge" in shown.text
    assert f'data-to="{file}/bill-layout"' in shown.text
    # what would not make it count is not kept
    wrong = ways["charge"]["says"] | {"labels": {"Zorbel fund": "payment"}}
    said = refused(page.put(f"{file}/bill-layout", json=wrong), 422)
    assert "adds up" in said
    refused(page.put(f"{file}/bill-layout", json={"labels": {}}), 400)
    assert (shop / "mapping.yml").read_text(encoding="utf-8") == "# mine\ncurrency: INR\n"
    kept = page.put(f"{file}/bill-layout", json=ways["charge"]["says"])
    assert kept.status_code == 202, kept.text
    text = (shop / "mapping.yml").read_text(encoding="utf-8")
    assert text.startswith("# mine\ncurrency: INR\n")
    assert yaml.safe_load(text)["bills"] == [ways["charge"]["says"]]
    look = page.get(f"{file}/look").json()
    assert (look["status"], look["puzzles"]) == ("accepted", [])
    # a list that is no bill has no layout of bills
    refused(page.put(f"{SHOP}/files/{id_of(paths, 'sales.csv')}/bill-layout", json=wrong), 422)


def test_what_an_upload_left_that_was_cut_off_is_gone_at_the_next_start(
    paths: Settings, worker: Idle
) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True
    )
    of_killed, of_living = int(gone.stdout), os.getppid()
    left = [paths.state / f"upload-{of_killed}-abc", paths.state / f"upload-{os.getpid()}-abc"]
    kept = paths.state / f"upload-{of_living}-abc"
    for folder in (*left, kept):
        folder.mkdir(parents=True)
        (folder / "sales.csv").write_bytes(GOOD)
    draft, other = (paths.inbox / "shop" / f".a.csv.{pid}.tmp" for pid in (of_killed, of_living))
    foreign = paths.inbox / "shop" / ".notes.tmp"
    for file in (draft, other, foreign):
        file.write_bytes(GOOD[:40])
    with TestClient(desk_over(paths.data_dir, worker), base_url=ORIGIN):
        assert [order["kind"] for order in orders(worker, 1)] == ["refresh"]
    assert not any(path.exists() for path in (*left, draft))
    # what is not ours, or is on its way through another desk, stays
    assert all(path.exists() for path in (kept, other, foreign))
    with TestClient(desk_over(paths.data_dir, worker), base_url=ORIGIN):
        assert len(orders(worker, 2)) == 1
