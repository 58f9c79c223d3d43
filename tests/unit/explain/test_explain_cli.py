"""`lucid explain`: shows, previews, demonstrates, and says when a provider wrote nothing."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

from lucid_orchestration import settings as settings_module
from lucid_orchestration.cli import app
from lucid_orchestration.errors import BadRequestError
from lucid_orchestration.explain.demo_server import SCRIPTS, ModelServer, serving
from lucid_orchestration.runs.doctor import diagnose
from lucid_orchestration.settings import Settings, ai_settings
from lucid_orchestration.storage import read_parquet_rows, write_parquet
from tests.explanations import INSIGHT, many_insights, write_shop

Lucid = Callable[..., Result]
VARIABLES = (
    "PROVIDER",
    "MODEL",
    "BASE_URL",
    "API",
    "SEND_NAMES",
    "MAX_INSIGHTS",
    "DAILY_CALLS",
    "TIMEOUT",
    "TOTAL_TIME",
)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(f"LUCID_AI_{variable}", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path))
    settings_module.settings.cache_clear()
    paths = write_shop(tmp_path, many_insights(2))
    table = pa.table({"dataset_id": ["shop"], "currency": ["INR"]})
    write_parquet(table, paths.marts / "datasets.parquet")
    write_parquet(table, paths.quality / "dataset_quality.parquet")
    yield paths
    settings_module.settings.cache_clear()


@pytest.fixture
def lucid(paths: Settings) -> Lucid:
    return lambda *arguments: CliRunner().invoke(app, ["explain", "shop", *arguments])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with serving(SCRIPTS["good"]) as running:
        monkeypatch.setenv("LUCID_AI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-key")
        yield running


def kept(paths: Settings) -> dict[str, str]:
    rows = read_parquet_rows(paths.insights / "ai_explanations.parquet")
    return {row["insight_id"]: row["text_source"] for row in rows}


def test_without_a_provider_templates_are_shown(lucid: Lucid, paths: Settings) -> None:
    result = lucid()
    assert result.exit_code == 0
    assert INSIGHT["title"] in result.stdout
    assert "Text by Lucid (template)." in result.stdout
    assert "No text by AI" not in result.stdout
    assert set(kept(paths).values()) == {"template"}


def test_a_provider_words_what_is_asked_for(
    lucid: Lucid, paths: Settings, server: ModelServer
) -> None:
    result = lucid("dead_stock-2", "--provider", "openai")
    assert result.exit_code == 0
    assert "Written by AI (openai" in result.stdout
    assert "numbers by Lucid" in result.stdout
    assert "sk-secret-key" not in result.stdout
    assert len(server.requests) == 1
    assert kept(paths) == {
        "summary": "template",
        "dead_stock-1": "template",
        "dead_stock-2": "ai",
    }
    # what is there stays, and costs nothing
    assert "Written by AI" in lucid("dead_stock-2").stdout
    assert len(server.requests) == 1


def test_an_insight_that_is_not_active_gets_a_text_that_is_not_kept(
    lucid: Lucid, paths: Settings, server: ModelServer
) -> None:
    write_shop(paths.data_dir, [*many_insights(1), {**many_insights(2)[1], "is_active": False}])
    result = lucid("dead_stock-2", "--provider", "openai")
    assert "Written by AI" in result.stdout
    assert len(server.requests) == 1
    assert set(kept(paths)) == {"summary", "dead_stock-1"}
    assert INSIGHT["title"] in lucid("dead_stock-2").stdout


def test_the_environment_chooses_the_provider(
    lucid: Lucid, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCID_AI_PROVIDER", "openai")
    content = json.loads(lucid("--json").stdout)
    assert content["usage"]["accepted"] == 3
    assert content["usage"]["calls"] == 3
    assert [text["text_source"] for text in content["explanations"]] == ["ai"] * 3
    assert json.loads(lucid("--json").stdout)["usage"]["calls"] == 0


def test_a_dataset_without_ids_means_its_best_insights(
    lucid: Lucid, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCID_AI_MAX_INSIGHTS", "1")
    lucid("--provider", "openai")
    assert len(server.requests) == 2
    lucid("dead_stock-2", "--provider", "openai")
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "nothing is sent"),
        ({"LUCID_AI_PROVIDER": "openai"}, "there is no key"),
        ({"LUCID_AI_PROVIDER": "openai", "OPENAI_API_KEY": "sk-secret-key"}, "no names are sent"),
        ({"LUCID_AI_PROVIDER": "oracle"}, "not known"),
    ],
)
def test_doctor_says_who_words_the_texts(
    paths: Settings, variables: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    checks = {check.name: check for check in diagnose(paths)}
    assert said in checks["AI provider"].message
    assert "secret" not in checks["AI provider"].message


def test_a_preview_sends_nothing(lucid: Lucid, paths: Settings, server: ModelServer) -> None:
    result = lucid("dead_stock-1", "--preview")
    assert result.exit_code == 0
    assert "dead_stock-1: to 127.0.0.1, model gpt" in result.stdout
    assert "1 request; nothing was sent." in result.stdout
    assert "Product P1 have not moved for 200 days" in result.stdout
    assert "Zephyr" not in result.stdout
    content = json.loads(lucid("--preview", "--provider", "anthropic", "--json").stdout)
    assert content["sent"] is False
    assert len(content["requests"]) == 3
    assert server.requests == []
    assert not paths.ai_outbox.exists()
    assert not (paths.insights / "ai_explanations.parquet").exists()


def test_a_demonstration_says_so_and_is_not_kept(lucid: Lucid, paths: Settings) -> None:
    lucid()
    before = (paths.insights / "ai_explanations.parquet").read_bytes()
    result = lucid("--provider", "demo")
    assert result.exit_code == 0
    assert "This is a demonstration. No AI is involved" in result.stdout
    plain = " ".join(result.stdout.split())
    assert "The same without AI: 1 units of Zephyr Lantern have not moved" in plain
    assert "The same without AI" not in lucid().stdout
    assert "fixed sentences from a server on this machine, no AI" in result.stdout
    assert "Written by AI" not in result.stdout
    assert (paths.insights / "ai_explanations.parquet").read_bytes() == before
    assert not paths.ai_cache.exists()
    assert not list(paths.ai_outbox.glob("*.jsonl"))
    assert len(list((paths.ai_outbox / "demo").glob("*.jsonl"))) == 1


@pytest.mark.parametrize("as_json", [True, False])
def test_a_provider_that_writes_nothing_is_said_after_the_templates(
    lucid: Lucid, as_json: bool
) -> None:
    result = lucid("--provider", "openai", *(["--json"] if as_json else []))
    assert result.exit_code == 6
    assert INSIGHT["title"] in result.stdout
    assert "no key in the environment" in result.output


def test_an_unknown_provider_is_a_bad_request(lucid: Lucid) -> None:
    result = lucid("--provider", "oracle")
    assert result.exit_code == 2
    assert "openai, anthropic" in result.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PROVIDER", "demo"),
        ("PROVIDER", "oracle"),
        ("BASE_URL", "ftp://host"),
        ("API", "telepathy"),
        ("SEND_NAMES", "perhaps"),
        ("DAILY_CALLS", "-1"),
        ("MAX_INSIGHTS", "many"),
        ("TIMEOUT", "²"),
    ],
)
def test_a_setting_without_meaning_is_named(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"LUCID_AI_{variable}", value)
    with pytest.raises(BadRequestError):
        ai_settings()


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (ai_settings().provider, ai_settings().send_names) == ("none", False)
    assert ai_settings("openai").api == "responses"
    assert ai_settings("anthropic").base_url == "https://api.anthropic.com"
    monkeypatch.setenv("LUCID_AI_BASE_URL", "http://localhost:11434/v1/")
    monkeypatch.setenv("LUCID_AI_SEND_NAMES", "True")
    monkeypatch.setenv("LUCID_AI_DAILY_CALLS", "7")
    monkeypatch.setenv("LUCID_AI_MODEL", "local")
    found = ai_settings("openai")
    assert (found.base_url, found.api, found.model) == (
        "http://localhost:11434/v1",
        "chat",
        "local",
    )
    assert found.send_names is True
    assert found.daily_calls == 7
