"""A test for each sentence that the contract says under Safety."""

import logging
import socket
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from lucid_orchestration.desk import uploads
from lucid_orchestration.desk.access import Password, allowed, is_loopback
from lucid_orchestration.desk.app import application, open_desk
from lucid_orchestration.desk.encoding import as_json
from lucid_orchestration.desk.safety import POLICY
from lucid_orchestration.desk.server import PORT, serve
from lucid_orchestration.desk.uploads import safe_name
from lucid_orchestration.errors import BadRequestError, UnavailableError
from lucid_orchestration.settings import Settings
from tests.desk_data import HOST, ORIGIN, Idle, desk_over

API = "/api/v1"
SHOP = f"{API}/datasets/shop"
TAURI = "tauri://localhost"
GOOD = b"Date,Item,Qty,Amount\n2026-10-03,Tea,1,10.00\n"
WRITES = [
    ("POST", f"{API}/runs"),
    ("POST", f"{SHOP}/files"),
    ("DELETE", SHOP),
    ("DELETE", f"{SHOP}/files/{'a' * 32}"),
    ("POST", f"{SHOP}/restore"),
    ("PUT", f"{SHOP}/mapping"),
    ("PUT", f"{API}/rules"),
    ("POST", f"{API}/rules/try"),
    ("POST", f"{API}/inspect"),
    ("PUT", f"{SHOP}/insights/rule-shop-0/snooze"),
    ("POST", f"{SHOP}/insights/rule-shop-0/explanation"),
    ("POST", f"{API}/sample-shop"),
]


def test_it_binds_this_machine_alone_unless_told(
    monkeypatch: pytest.MonkeyPatch, paths: Settings
) -> None:
    bound: list[Any] = []
    monkeypatch.setattr("uvicorn.Server.run", lambda _self, sockets: bound.extend(sockets))
    serve(paths, "127.0.0.1", None, None, [], [], lambda _line: None, opens_browser=False)
    (listener,) = bound
    assert listener.getsockname()[0] == "127.0.0.1"
    assert listener.getsockname()[1] >= PORT
    taken = listener.getsockname()[1]
    listener.listen()
    with pytest.raises(UnavailableError, match=str(taken)):
        serve(paths, "127.0.0.1", taken, None, [], [], lambda _line: None, opens_browser=False)
    listener.close()


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1", "", "10.0.0.9:8765"]
)
def test_a_host_that_is_not_known_gets_no_answer(page: TestClient, host: str) -> None:
    for address in (f"{API}/datasets", f"{API}/token", "/"):
        answer = page.get(address, headers={"host": host})
        assert answer.status_code == 421
        assert "token" not in answer.json()
    assert page.post(f"{API}/runs", json={}, headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8765", "LOCALHOST:8765", "[::1]:8765"])
def test_every_name_of_this_machine_is_known(page: TestClient, host: str) -> None:
    assert page.get(f"{API}/datasets", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(("method", "address"), WRITES)
@pytest.mark.parametrize(
    "origin",
    ["", "http://evil.example", "null", "http://127.0.0.1:9999", "http://localhost.evil:8765"],
)
def test_a_write_needs_our_own_origin(
    page: TestClient, worker: Idle, method: str, address: str, origin: str
) -> None:
    answer = page.request(method, address, headers={"origin": origin}, content=b"{}")
    assert answer.status_code == 403
    assert worker.orders == []


@pytest.mark.parametrize(("method", "address"), WRITES)
def test_a_write_needs_the_token_in_cookie_and_header(
    page: TestClient, worker: Idle, method: str, address: str
) -> None:
    for change in (
        {"x-lucid-token": ""},
        {"x-lucid-token": "guess"},
        {"cookie": "lucid_token=guess"},
    ):
        assert page.request(method, address, headers=change, content=b"{}").status_code == 403
    assert worker.orders == []


def test_the_page_sets_the_token_in_a_strict_cookie(page: TestClient) -> None:
    answer = page.get("/")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("lucid_token="))
    assert {"SameSite=strict", "HttpOnly", "Path=/"} <= set(cookie.split("; "))


def test_no_other_origin_is_let_in_unless_it_is_listed(paths: Settings) -> None:
    with TestClient(desk_over(paths.data_dir), base_url=ORIGIN) as client:
        asks = {"origin": TAURI, "access-control-request-method": "POST"}
        assert client.options(f"{API}/runs", headers=asks).status_code == 403
        answer = client.get(f"{API}/datasets", headers={"origin": TAURI})
        assert "access-control-allow-origin" not in answer.headers
    access = allowed("127.0.0.1", 8765, None, [TAURI])
    app = desk_over(paths.data_dir, access=access)
    with TestClient(app, base_url=ORIGIN) as client:
        allowed_ = client.options(f"{API}/runs", headers=asks)
        assert allowed_.status_code == 204
        assert allowed_.headers["access-control-allow-origin"] == TAURI
        token = client.get(f"{API}/token", headers={"origin": TAURI}).json()["token"]
        headers = {"origin": TAURI, "x-lucid-token": token}
        assert client.post(f"{API}/runs", json={}, headers=headers).status_code == 202
        assert client.post(f"{API}/runs", json={}, headers={"origin": TAURI}).status_code == 403
        other = client.get(f"{API}/datasets", headers={"origin": "http://evil.example"})
        assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("origin", ["*", "localhost", "http://x/path", ""])
def test_an_origin_that_is_none_is_refused(origin: str) -> None:
    with pytest.raises(BadRequestError):
        allowed("127.0.0.1", 8765, None, [origin])


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "shop-pc", "::"])
def test_beyond_this_machine_a_password_is_needed(host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(BadRequestError, match="LUCID_DESK_PASSWORD"):
        allowed(host, 8765, None, [])
    with pytest.raises(BadRequestError, match="8 characters"):
        allowed(host, 8765, "short", [])
    assert allowed(host, 8765, "long enough", [], ["pc"]).knows_host("pc:8765")


def test_it_says_that_others_can_reach_it(monkeypatch: pytest.MonkeyPatch, paths: Settings) -> None:
    said: list[str] = []

    known: list[frozenset[str]] = []

    def run(self: Any, sockets: list[socket.socket]) -> None:
        known.append(self.config.app.state.desk.access.hosts)
        with TestClient(self.config.app):
            sockets[0].close()

    monkeypatch.setattr("uvicorn.Server.run", run)
    monkeypatch.setattr("lucid_orchestration.desk.handle.WorkerProcess.start", lambda _self: None)
    monkeypatch.setattr("lucid_orchestration.desk.handle.WorkerProcess.do", lambda *_: None)
    serve(paths, "0.0.0.0", None, "long enough", [], ["pc.lan"], said.append, opens_browser=False)
    assert any("Other machines" in line and "0.0.0.0" in line for line in said)
    names = {name.rpartition(":")[0] for name in known[0]}
    assert {"pc.lan", socket.gethostname().lower(), "127.0.0.1"} <= names
    # the address that is told is one that is answered
    told = next(line for line in said if "Other machines" in line)
    assert any(f"http://{name}/" in told for name in known[0])


def test_with_a_password_nothing_is_shown_before_it_is_given(paths: Settings) -> None:
    access = allowed("127.0.0.1", 8765, "open sesame", [])
    app = desk_over(paths.data_dir, access=access)
    headers = {
        "origin": ORIGIN,
        "x-lucid-token": access.token,
        "cookie": f"lucid_token={access.token}",
    }
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as client:
        for address in (f"{API}/datasets", f"{API}/token", f"{API}/openapi.json", "/shops/shop"):
            assert client.get(address).status_code == 401
        assert client.post(f"{API}/runs", json={}, headers=headers).status_code == 401
        shown = client.get("/", headers={"accept": "text/html"})
        assert (shown.status_code, shown.headers["location"]) == (303, "/sign-in")
        assert client.get("/sign-in").status_code == 200
        form = {"password": "wrong"}
        wrong = client.post("/sign-in", data=form, headers={"origin": ORIGIN})
        assert wrong.status_code == 401
        assert "lucid_session" not in wrong.headers.get("set-cookie", "")
        foreign = client.post(
            "/sign-in", data={"password": "open sesame"}, headers={"origin": "http://e"}
        )
        assert foreign.status_code == 403
        right = client.post(
            "/sign-in", data={"password": "open sesame"}, headers={"origin": ORIGIN}
        )
        assert (right.status_code, right.headers["location"]) == (303, "/")
        cookie = right.headers["set-cookie"]
        assert "SameSite=strict" in cookie
        assert "HttpOnly" in cookie
        assert client.get(f"{API}/datasets").status_code == 200


def test_guessing_the_password_is_slowed_down(paths: Settings) -> None:
    app = desk_over(paths.data_dir, access=allowed("127.0.0.1", 8765, "open sesame", []))
    with TestClient(app, base_url=ORIGIN, follow_redirects=False) as client:
        headers = {"origin": ORIGIN}
        tries = [
            client.post("/sign-in", data={"password": f"{n}"}, headers=headers) for n in range(12)
        ]
        assert {answer.status_code for answer in tries[:10]} == {401}
        assert tries[-1].status_code == 503
        assert int(tries[-1].headers["retry-after"]) > 0
        # not even the right one, until the minute is over
        right = client.post("/sign-in", data={"password": "open sesame"}, headers=headers)
        assert right.status_code == 503


def test_a_password_is_kept_as_a_proof_alone() -> None:
    password = Password.of("open sesame")
    assert password.is_proven_by("open sesame")
    assert not password.is_proven_by("open sesame ")
    assert b"sesame" not in password.proof
    assert Password.of("open sesame").proof != password.proof


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\me\\sales.csv", "sales.csv"),
        ("..\\..\\x.csv", "x.csv"),
        (".hidden.csv", "hidden.csv"),
        ("~$open.xlsx", "open.xlsx"),
        ("a\x00b\x1b[31m\u202e.csv", "ab[31m.csv"),
        ("what?*<>|.csv", "what_____.csv"),
        ("  trailing.csv. ", "trailing.csv"),
        ("विक्रय.csv", "विक्रय.csv"),
    ],
)
def test_a_name_is_made_safe(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.parametrize("name", ["", "..", "/", "con.csv", "NUL", "COM1.csv", "\u202e"])
def test_a_name_that_cannot_be_kept_is_refused(name: str) -> None:
    with pytest.raises(BadRequestError):
        safe_name(name)


def test_a_long_name_still_fits_the_disk(tmp_path: Path) -> None:
    (tmp_path / safe_name("न" * 300 + ".csv")).write_bytes(b"")


def test_uploads_go_into_the_inbox_and_nowhere_else(page: TestClient, paths: Settings) -> None:
    before = set(paths.data_dir.parent.rglob("*"))
    answer = page.post(f"{SHOP}/files", files={"files": ("../../../evil.csv", GOOD)})
    assert answer.status_code == 202
    new = set(paths.data_dir.parent.rglob("*")) - before - {paths.state}
    assert {path.relative_to(paths.data_dir).as_posix() for path in new if path.is_file()} <= {
        "inbox/shop/evil.csv",
        "state/desk_jobs.json",
        "state/inbox_digests.json",
    }


@pytest.mark.parametrize(
    ("name", "most"), [("a.csv", 10 * 1024), ("a.pdf", 20), ("a.xlsx", 100), ("a.vyb", 500)]
)
def test_each_kind_of_file_has_its_limit(name: str, most: int) -> None:
    assert uploads.limit_of(name) == most * 1024 * 1024


def test_too_large_a_file_is_stopped_while_it_comes(
    page: TestClient, paths: Settings, worker: Idle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_LIMITS", {".csv": 100_000})
    written: list[int] = []
    real = uploads._Receiver._data

    def spied(self: Any, data: bytes, start: int, end: int) -> None:
        real(self, data, start, end)
        written.append(sum(upload.path.stat().st_size for upload in self.uploads))

    monkeypatch.setattr(uploads._Receiver, "_data", spied)
    answer = page.post(f"{SHOP}/files", files=[("files", ("big.csv", b"x" * 5_000_000))])
    assert answer.status_code == 413
    assert max(written) <= 100_000
    assert not (paths.inbox / "shop" / "big.csv").exists()
    assert list(paths.state.glob("upload-*")) == []
    assert worker.orders == []


def test_a_setting_of_any_size_is_refused(page: TestClient) -> None:
    answer = page.put(f"{SHOP}/mapping", content=b"x" * 3_000_000)
    assert answer.status_code == 413


@pytest.mark.parametrize("name", ["x.exe", "x", "mapping.yml", "x.csv.zip"])
def test_nothing_is_kept_of_what_is_refused(
    page: TestClient, paths: Settings, worker: Idle, name: str
) -> None:
    files = [("files", ("good.csv", GOOD)), ("files", (name, b"MZ"))]
    answer = page.post(f"{SHOP}/files", files=files)
    assert answer.status_code == 415
    assert answer.json()["field"] == "files"
    assert sorted(path.name for path in (paths.inbox / "shop").iterdir()) == ["sales.csv"]
    assert worker.orders == []


def test_every_answer_carries_the_policy_and_it_lets_no_inline_script_run(page: TestClient) -> None:
    for address in (
        "/",
        f"{API}/datasets",
        f"{API}/none",
        "/static/desk.js",
        f"{SHOP}/best-sellers.csv",
    ):
        headers = page.get(address).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_no_answer_holds_a_path_of_this_machine(page: TestClient, paths: Settings) -> None:
    place = str(paths.data_dir.parent)
    for address in (
        f"{API}/datasets",
        SHOP,
        f"{API}/health",
        f"{API}/runs",
        f"{API}/rules",
        f"{API}/datasets/nobody",
        f"{SHOP}/mapping",
    ):
        assert place not in page.get(address).text
    removed = page.delete(SHOP)
    assert removed.status_code == 202
    assert place not in removed.text
    assert place not in page.delete(SHOP).text
    with pytest.raises(TypeError, match="path"):
        as_json({"file": paths.data_dir})


def test_a_mistake_of_ours_says_nothing_of_the_inside(
    page: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("/secret/place and a key")

    monkeypatch.setattr("lucid_orchestration.desk.answers.show_page", broken)
    answer = page.get(f"{SHOP}/best-sellers")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


def test_bodies_and_keys_are_not_written_to_any_log(
    page: TestClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCID_AI_PROVIDER", "none")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    with caplog.at_level(logging.DEBUG):
        page.put(f"{SHOP}/mapping", json={"text": "very-secret-body: 1"})
        page.post(f"{API}/rules/try", json={"shop": "shop", "text": "very-secret-body"})
        health = page.get(f"{API}/health").text
    assert "very-secret" not in caplog.text
    assert "very-secret" not in health


HOSTILE = [
    "'; drop table x; --",
    '" or 1=1 --',
    "%",
    "\\",
    "x' union select 1 --",
    "\x00",
    "💥" * 20,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_parameter_is_a_value_and_never_sql(page: TestClient, text: str) -> None:
    whole = page.get(f"{SHOP}/best-sellers").json()["total"]
    for name in ("search", "category"):
        answer = page.get(f"{SHOP}/best-sellers", params={name: text})
        assert answer.status_code == 200
        assert answer.json()["total"] == 0
    for name in ("sort", "period"):
        assert page.get(f"{SHOP}/best-sellers", params={name: text}).status_code == 400
    for address in (f"{SHOP}/products/", f"{SHOP}/insights/", f"{API}/datasets/"):
        from urllib.parse import quote

        assert page.get(address + quote(text, safe="")).status_code in (400, 404)
    assert page.get(f"{SHOP}/best-sellers").json()["total"] == whole


def test_the_desk_of_a_test_is_the_one_that_runs(paths: Settings) -> None:
    app = application(open_desk(paths, allowed("127.0.0.1", 8765, None, []), Idle()))  # type: ignore[arg-type]
    assert any(layer.cls.__name__ == "Safety" for layer in app.user_middleware)
    assert HOST in app.state.desk.access.hosts
