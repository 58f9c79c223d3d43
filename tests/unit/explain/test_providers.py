"""Providers against a real server on this machine: replies, failures, limits. None ends a run."""

import json
import threading
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.errors import ProviderUnavailableError
from lucid_orchestration.explain import demo_server
from lucid_orchestration.explain.cache import Cache
from lucid_orchestration.explain.demo_server import SCRIPTS, Request, Response, serving
from lucid_orchestration.explain.outbox import BudgetSpentError, Outbox
from lucid_orchestration.explain.pipeline import Selection, explain, preview
from lucid_orchestration.explain.prompt import Prompt, write_prompt
from lucid_orchestration.explain.providers import choice
from lucid_orchestration.explain.providers.choice import choose_provider
from lucid_orchestration.explain.providers.http import http_client
from lucid_orchestration.explain.providers.protocol import Gate, Provider, ProviderError, Reply
from lucid_orchestration.explain.writer import FAILURES_ALLOWED, Writer
from lucid_orchestration.settings import AiSettings, Settings
from lucid_orchestration.storage import read_parquet_rows
from tests.explanations import (
    CATALOGUE,
    INSIGHT,
    LEXICON,
    ai,
    brief,
    many_insights,
    run,
    saying,
    write_shop,
)

# provider, interface, and how the base URL of the test server is given to it
KINDS: list[tuple[str, str, Callable[[str], str]]] = [
    ("openai", "chat", lambda url: url),
    ("openai", "responses", lambda url: url),
    ("anthropic", "messages", lambda url: url.removesuffix("/v1")),
]


def settings_for(kind: tuple[str, str, Callable[[str], str]], url: str) -> AiSettings:
    provider, api, base = kind
    settings = ai(base(url), provider=provider)
    return settings if api == "messages" else replace(settings, api=api)


def rows_of(paths: Settings) -> list[dict[str, Any]]:
    return read_parquet_rows(paths.insights / "ai_explanations.parquet")


def outbox_lines(paths: Settings) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for file in sorted(paths.ai_outbox.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


@pytest.mark.parametrize("kind", KINDS, ids=[f"{kind[0]}-{kind[1]}" for kind in KINDS])
def test_a_good_answer_is_shown_and_kept(
    kind: tuple[str, str, Callable[[str], str]], tmp_path: Path
) -> None:
    paths = write_shop(tmp_path)
    with serving(SCRIPTS["good"]) as server:
        first = run(paths, settings_for(kind, server.url))
        second = run(paths, settings_for(kind, server.url))
    assert (first.accepted, first.calls, first.cached) == (2, 2, 0)
    assert (first.input_tokens, first.output_tokens) == (1800, 240)
    assert (second.accepted, second.calls, second.cached) == (2, 0, 2)
    assert len(server.requests) == 2
    for row in rows_of(paths):
        assert (row["text_source"], row["provider"], row["model"]) == (
            "ai",
            kind[0],
            "test-model",
        )
        assert row["explanation"].startswith("Here is something that deserves a look.")
        assert row["template_explanation"] in row["explanation"] or row["kind"] == "insight"
        assert len(row["prompt_hash"]) == 64
    assert INSIGHT["summary"] in rows_of(paths)[1]["explanation"]


@pytest.mark.parametrize("kind", KINDS, ids=[f"{kind[0]}-{kind[1]}" for kind in KINDS])
def test_the_outbox_and_the_preview_are_what_the_server_gets(
    kind: tuple[str, str, Callable[[str], str]], tmp_path: Path
) -> None:
    paths = write_shop(tmp_path)
    with serving(SCRIPTS["good"]) as server:
        settings = settings_for(kind, server.url)
        shown = preview(paths, settings, Selection("shop"))
        assert server.requests == []
        assert not paths.ai_outbox.exists()
        run(paths, settings)
    lines = outbox_lines(paths)
    assert [line["body"].encode() for line in lines] == [one.raw for one in server.requests]
    assert [one.body for one in shown] == [one.body for one in server.requests]
    assert {line["host"] for line in lines} == {"127.0.0.1"} == {one.host for one in shown}
    assert {line["model"] for line in lines} == {"test-model"}
    assert all(datetime.fromisoformat(line["requested_at"]).tzinfo == UTC for line in lines)
    for request in server.requests:
        assert "temperature" not in request.body
        assert not request.body.keys() & {"tools", "stream", "file_ids"}
        assert request.body.get("store", False) is False
        if kind[0] == "openai":
            assert "store" in request.body
    assert "sk-secret-key" not in "".join(line["body"] for line in lines)
    everything = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert not any(b"sk-secret-key" in content for content in everything)


FAILURES = [
    ("too_many_requests", 1),
    ("retry_in_a_minute", 1),
    ("server_error", 2),
    ("wrong_key", 1),
    ("redirect", 1),
    ("html_page", 1),
    ("truncated_json", 1),
    ("refusal", 1),
    ("endless_body", 1),
    ("compressed", 1),
]


@pytest.mark.parametrize("kind", KINDS, ids=[f"{kind[0]}-{kind[1]}" for kind in KINDS])
@pytest.mark.parametrize(("script", "requests"), FAILURES, ids=[name for name, _ in FAILURES])
def test_a_failure_leaves_the_template_and_its_reason(
    kind: tuple[str, str, Callable[[str], str]], script: str, requests: int, tmp_path: Path
) -> None:
    paths = write_shop(tmp_path)
    with serving(SCRIPTS[script]) as server:
        settings = settings_for(kind, server.url)
        done = explain(paths, settings, lambda line: None, Selection("shop", ("dead_stock-1",)))
    assert done.accepted == 0
    assert len(server.requests) == requests == done.calls == len(outbox_lines(paths))
    row = next(row for row in rows_of(paths) if row["insight_id"] == "dead_stock-1")
    assert row["text_source"] == "template"
    assert row["explanation"] == row["template_explanation"]
    assert row["template_reason"]
    assert "secret" not in row["template_reason"]


REASONS = {
    "too_many_requests": "wants fewer requests, or the account has no credit left (status 429)",
    "server_error": "the provider has a fault (status 500)",
    "wrong_key": "the provider does not accept the key (status 401)",
    "redirect": "points to another address, which is not followed (status 307)",
    "html_page": "is the address right?",
    "refusal": "the model refused to answer",
    "endless_body": "the answer is larger than a megabyte",
    "compressed": "the answer is compressed, which was not asked for",
}


@pytest.mark.parametrize("kind", KINDS, ids=[f"{kind[0]}-{kind[1]}" for kind in KINDS])
@pytest.mark.parametrize("script", REASONS)
def test_a_failure_is_told_in_words(
    kind: tuple[str, str, Callable[[str], str]], script: str, tmp_path: Path
) -> None:
    paths = write_shop(tmp_path, [])
    with serving(SCRIPTS[script]) as server:
        done = run(paths, settings_for(kind, server.url))
    [reason] = done.reasons
    assert REASONS[script] in reason
    if "status" in reason and script != "redirect":
        assert reason.endswith(": That went wrong.")


def test_what_a_server_says_is_short_and_holds_no_key(tmp_path: Path) -> None:
    paths = write_shop(tmp_path, [])
    said = "Incorrect key sk-secret-key\n or sk-proj-abcdef123 or key_98765. " + "Go away. " * 99
    body = json.dumps({"error": {"message": said}}).encode()
    with serving(lambda _: Response(403, body)) as server:
        done = run(paths, ai(server.url))
    [reason] = done.reasons
    assert reason.startswith(
        "the provider does not allow this with the key (status 403): "
        "Incorrect key … or … or … Go away."
    )
    assert reason.endswith("…")
    assert len(reason) < 300


@pytest.mark.parametrize("script", ["endless_body", "compressed", "huge_text"])
def test_a_hostile_body_takes_no_memory(script: str, tmp_path: Path) -> None:
    paths = write_shop(tmp_path, [])
    with serving(SCRIPTS["good"]) as server:
        run(paths, ai(server.url))  # the library is loaded by now
    prepared = SCRIPTS[script](server.requests[0])
    with serving(lambda _: prepared) as server:
        tracemalloc.start()
        try:
            run(paths, ai(server.url, model="another"))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 40_000_000


@pytest.mark.parametrize("host", ["127.0.0.1", "api.openai.com"])
def test_only_the_provider_itself_learns_of_organisation_and_project(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-canary")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-canary")
    passed: list[tuple[str, list[str]]] = []

    def gate(to: str, body: bytes, headers: Sequence[str]) -> None:
        passed.append((to, list(headers)))
        raise ProviderError("held back")

    provider = choose_provider(ai(f"https://{host}/v1"))
    assert provider is not None
    with pytest.raises(ProviderError, match="held back"):
        provider.ask(write_prompt(brief(), LEXICON.forms), 60.0, gate)
    for to, headers in passed:
        assert to == host
        assert {"authorization", "accept-encoding", "content-type"} <= set(headers)
        own = {"openai-organization", "openai-project"}
        assert own <= set(headers) if host == "api.openai.com" else not own & set(headers)
        assert host == "api.openai.com" or not [name for name in headers if "stainless" in name]


def test_nothing_packed_is_asked_for_and_the_outbox_names_the_headers(tmp_path: Path) -> None:
    paths = write_shop(tmp_path, [])
    with serving(SCRIPTS["good"]) as server:
        run(paths, ai(server.url))
    sent = {name.lower(): value for name, value in server.requests[0].headers.items()}
    assert sent["accept-encoding"] == "identity"
    [line] = outbox_lines(paths)
    assert sorted(sent) == line["headers"]


def test_reading_ends_with_the_time_of_the_request() -> None:
    moments = iter([0.0, 1.0, 2.0, 9.0])
    client = http_client("127.0.0.1", lambda *_: None, 5.0, lambda: next(moments))
    with serving(SCRIPTS["slow_drip"]) as server, client:
        schema = write_prompt(brief(), LEXICON.forms).schema
        body = {"response_format": {"json_schema": {"schema": schema}}}
        with pytest.raises(ProviderError, match="no answer in time"):
            client.post(f"{server.url}/chat/completions", json=body)
        with pytest.raises(ProviderError, match="no answer in time"):
            client.post(f"{server.url}/chat/completions", json=body)
    assert len(server.requests) == 1, "no second request after a refused answer"


@pytest.mark.parametrize("script", ["hanging", "slow_drip"])
def test_a_call_that_does_not_end_is_given_up(script: str, tmp_path: Path) -> None:
    paths = write_shop(tmp_path, many_insights(10))
    with serving(SCRIPTS[script]) as server:
        # an answer takes minutes there: none arrives, however slow this machine is
        done = run(paths, ai(server.url, timeout=0.5, total_time=2.0))
        sent = len(server.requests)
    assert (done.accepted, done.template) == (0, 11)
    assert set(done.reasons) <= {
        "no answer in time",
        "out of time",
        "stopped after repeated failures",
    }
    # nothing leaves that was not counted and written down
    assert sent <= done.calls == len(outbox_lines(paths))


def until(ends: float, provider: Provider, outbox: Outbox, now: float = 0.0) -> Writer:
    """A writer whose clock stands still at `now`."""
    return Writer(
        provider, LEXICON, Cache(None), outbox, 9.0, ends, is_open=True, clock=lambda: now
    )


class Stuck:
    """A provider that answers nothing; what it was given to send through stays here."""

    name, model, host = "stuck", "none", "host"

    def __init__(self) -> None:
        self.gates: list[Gate] = []
        self.asked, self.end = threading.Event(), threading.Event()

    def body(self, prompt: Prompt) -> dict[str, Any]:
        return {"model": self.model, "text": prompt.user}

    def ask(self, prompt: Prompt, timeout: float, gate: Gate) -> Reply:
        self.gates.append(gate)
        self.asked.set()
        self.end.wait()
        raise ProviderError("ended")


def test_a_retry_of_a_call_that_was_given_up_does_not_leave(tmp_path: Path) -> None:
    provider, outbox = Stuck(), Outbox(tmp_path / "outbox", 9)
    writer = until(0.2, provider, outbox)
    assert writer.write(brief(), CATALOGUE).reason == "no answer in time"
    provider.asked.wait()
    with pytest.raises(ProviderError, match="stopped"):
        provider.gates[0]("host", b"{}", ())
    provider.end.set()
    assert outbox.count_today() == 0


class Late:
    """A provider that is given up while its request is being written down."""

    name, model, host = "late", "none", "host"

    def __init__(self) -> None:
        self.is_given_up, self.has_ended = threading.Event(), threading.Event()

    def body(self, prompt: Prompt) -> dict[str, Any]:
        return {"model": self.model, "text": prompt.user}

    def ask(self, prompt: Prompt, timeout: float, gate: Gate) -> Reply:
        try:
            gate("host", b"{}", ())
        finally:
            self.has_ended.set()
        raise ProviderError("ended")

    def now(self) -> datetime:
        """The clock of the outbox: stands still until nobody waits for the call any more.

        Whoever waits for the gate as well would never come to give up: hence the limit.
        """
        if threading.current_thread() is not threading.main_thread():
            self.is_given_up.wait(timeout=1)
        return datetime(2026, 11, 24, tzinfo=UTC)


def test_a_request_that_passes_the_gate_while_its_call_is_given_up_is_counted(
    tmp_path: Path,
) -> None:
    provider = Late()
    outbox = Outbox(tmp_path / "outbox", 9, provider.now)
    writer = until(0.2, provider, outbox)
    writer.write(brief(), CATALOGUE)
    counted = writer.usage.calls
    provider.is_given_up.set()
    provider.has_ended.wait()
    assert counted == outbox.count_today()


def test_a_run_out_of_time_asks_nobody(tmp_path: Path) -> None:
    provider, outbox = Stuck(), Outbox(tmp_path / "outbox", 9)
    writer = until(60.0, provider, outbox, now=60.0)
    assert writer.write(brief(), CATALOGUE).reason == "out of time"
    assert provider.gates == []


def test_the_limits_are_those_of_the_contract() -> None:
    assert (AiSettings().timeout, AiSettings().total_time) == (20.0, 60.0)
    assert AiSettings().max_insights == 10
    assert FAILURES_ALLOWED == 3
    assert AiSettings().send_names is False


def test_nobody_listens(tmp_path: Path) -> None:
    paths = write_shop(tmp_path)
    with serving(SCRIPTS["good"]) as server:
        url = server.url
    done = run(paths, ai(url))
    assert done.template == 2
    assert set(done.reasons) == {"the provider cannot be reached"}


def test_three_failures_in_a_row_end_the_asking(tmp_path: Path) -> None:
    paths = write_shop(tmp_path, many_insights(6))
    with serving(SCRIPTS["wrong_key"]) as server:
        done = run(paths, ai(server.url))
    assert len(server.requests) == 3
    assert done.reasons == {
        "the provider does not accept the key (status 401): That went wrong.": 3,
        "stopped after repeated failures": 4,
    }


def test_a_success_forgives_earlier_failures(tmp_path: Path) -> None:
    paths = write_shop(tmp_path, many_insights(6))
    count = 0

    def moody(request: Request) -> Response:
        nonlocal count
        count += 1
        return SCRIPTS["good" if count % 3 == 0 else "wrong_key"](request)

    with serving(moody) as server:
        done = run(paths, ai(server.url))
    assert len(server.requests) == 7
    assert done.accepted == 2


def test_a_refused_answer_may_be_repaired_once_and_only_the_codes_are_sent(tmp_path: Path) -> None:
    paths = write_shop(tmp_path, [])
    bad, good = saying("It is half gone, says Fatima."), saying("Look here.")
    with serving(demo_server.saying(bad, good)) as server:
        done = run(paths, ai(server.url))
    assert (done.accepted, done.calls, done.rejected) == (1, 2, {"number_word": 1})
    again = json.dumps(server.requests[1].body)
    assert "number_word" in again
    assert "Fatima" not in again
    [row] = rows_of(paths)
    assert json.loads(row["verdict_codes"]) == ["number_word"]
    assert row["text_source"] == "ai"


def test_a_second_refused_answer_is_the_last(tmp_path: Path) -> None:
    paths = write_shop(tmp_path, [])
    bad, worse = saying("It is half gone."), saying("Ask for 7.")
    with serving(demo_server.saying(bad, worse)) as server:
        done = run(paths, ai(server.url))
        again = run(paths, ai(server.url))
    assert done.rejected == {"number_word": 1, "number": 1}
    assert done.reasons == {"rejected": 1}
    assert again.calls == 2, "only accepted answers are cached"
    [row] = rows_of(paths)
    assert row["text_source"] == "template"
    assert row["explanation"] == row["template_explanation"]


@pytest.mark.parametrize("script", ["empty_text", "huge_text"])
def test_an_answer_of_no_use_is_refused(script: str, tmp_path: Path) -> None:
    paths = write_shop(tmp_path, [])
    with serving(SCRIPTS[script]) as server:
        done = run(paths, ai(server.url))
    if script == "huge_text":
        assert done.reasons == {"the answer is larger than a megabyte": 1}
    else:
        assert done.reasons == {"rejected": 1}
        assert set(done.rejected) <= {"not_json", "too_long"}


def test_a_changed_figure_explains_that_insight_only(tmp_path: Path) -> None:
    insights = many_insights(4)
    with serving(SCRIPTS["good"]) as server:
        paths = write_shop(tmp_path, insights)
        run(paths, ai(server.url))
        assert len(server.requests) == 5
        insights[2] = {**insights[2], "summary": "77 units of Zephyr Lantern have not moved."}
        write_shop(tmp_path, insights)
        done = run(paths, ai(server.url))
    assert (done.calls, done.cached, done.accepted) == (1, 4, 5)
    assert "77 units" in json.dumps(server.requests[-1].body)
    texts = {row["insight_id"]: row["explanation"] for row in rows_of(paths)}
    assert "77 units" in texts["dead_stock-3"]


def test_a_cached_text_is_used_while_the_provider_is_down(tmp_path: Path) -> None:
    paths = write_shop(tmp_path)
    with serving(SCRIPTS["good"]) as server:
        run(paths, ai(server.url))
        url = server.url
    assert run(paths, ai(url)).accepted == 2
    assert run(paths, ai(url, key="")).accepted == 2
    assert run(paths, ai(url, model="another-model", key="")).accepted == 0


def test_what_a_cache_holds_is_verified_again(tmp_path: Path) -> None:
    paths = write_shop(tmp_path)
    with serving(SCRIPTS["good"]) as server:
        run(paths, ai(server.url))
        for file in paths.ai_cache.iterdir():
            file.write_text(saying("It is half gone."), encoding="utf-8")
        done = run(paths, ai(server.url))
    assert (done.cached, done.calls, done.accepted) == (0, 2, 2)


def test_the_best_insights_are_worded_and_the_others_are_templates(tmp_path: Path) -> None:
    paths = write_shop(tmp_path, many_insights(5))
    with serving(SCRIPTS["good"]) as server:
        done = run(paths, ai(server.url, max_insights=2))
    assert len(server.requests) == 3
    sources = {row["insight_id"]: row["text_source"] for row in rows_of(paths)}
    assert [name for name, source in sources.items() if source == "ai"] == [
        "summary",
        "dead_stock-1",
        "dead_stock-2",
    ]
    assert done.reasons == {"not asked for": 3}


def test_the_daily_budget_counts_every_request(tmp_path: Path) -> None:
    paths = write_shop(tmp_path, many_insights(3))
    with serving(SCRIPTS["good"]) as server:
        done = run(paths, ai(server.url, daily_calls=2))
        more = run(paths, ai(server.url, daily_calls=2))
    assert len(server.requests) == 2
    assert done.reasons == {"daily budget used up": 2}
    assert (more.calls, more.accepted) == (0, 2)


def test_a_retry_counts_against_the_budget(tmp_path: Path) -> None:
    paths = write_shop(tmp_path, [])
    with serving(SCRIPTS["server_error"]) as server:
        run(paths, ai(server.url, daily_calls=1))
    assert len(server.requests) == 1


def test_the_budget_is_new_every_day(tmp_path: Path) -> None:
    days = [datetime(2026, 11, 24, 23, 59, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)]
    outbox = Outbox(tmp_path, 1, lambda: days[0])
    outbox.record("host", b'{"model": "m"}', ())
    with pytest.raises(BudgetSpentError):
        outbox.record("host", b"{}", ())
    Outbox(tmp_path, 1, lambda: days[1]).record("host", b"\xff", ())
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "2026-11-24.jsonl",
        "2026-11-25.jsonl",
    ]


def test_a_base_url_from_the_environment_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    for kind in KINDS:
        paths = write_shop(tmp_path / kind[1], [])
        with serving(SCRIPTS["good"]) as server:
            assert run(paths, settings_for(kind, server.url)).accepted == 1
            assert len(server.requests) == 1


def test_keys_are_in_no_printed_form() -> None:
    settings = ai("http://127.0.0.1:9/v1")
    assert "secret" not in repr(settings)
    for kind in KINDS:
        assert "secret" not in repr(choose_provider(settings_for(kind, settings.base_url)))


def test_a_missing_library_is_said_and_the_run_is_green(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    settings = ai("http://127.0.0.1:9", provider="anthropic")
    with pytest.raises(ProviderUnavailableError, match=r"lucid-shop\[anthropic\]"):
        choose_provider(settings)
    said: list[str] = []
    done = explain(write_shop(tmp_path), settings, said.append)
    assert done.template == 2
    assert "lucid-shop[anthropic]" in said[0]


def test_a_repair_says_what_was_wrong_and_the_first_request_is_the_hash() -> None:
    first, again = write_prompt(brief(), LEXICON.forms), write_prompt(brief(), LEXICON.forms, [])
    assert first.digest() == again.digest()
    assert first.digest() != write_prompt(brief(summary="Other."), LEXICON.forms).digest()


def test_the_demonstration_server_starts_from_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo_server.time, "sleep", interrupt)
    demo_server.main(["--script", "refusal", "--port", "0"])
    assert "no model" in capsys.readouterr().out
