"""The asset `ai_explanations` is green whatever a provider does, and says what happened."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from lucid_orchestration import settings as settings_module
from lucid_orchestration.assets.explanations import ai_explanations
from lucid_orchestration.explain.demo_server import SCRIPTS, serving
from tests.explanations import many_insights, write_shop


@pytest.fixture(autouse=True)
def _data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LUCID_AI_PROVIDER", "openai")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-key")
    settings_module.settings.cache_clear()
    write_shop(tmp_path, many_insights(2))
    yield
    settings_module.settings.cache_clear()


def materialize(url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("LUCID_AI_BASE_URL", url)
    result = dg.materialize([ai_explanations])
    assert result.success
    [event] = result.asset_materializations_for_node("insights__ai_explanations")
    return {name: value.value for name, value in event.metadata.items()}


def test_a_good_provider_and_then_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(SCRIPTS["good"]) as server:
        first = materialize(server.url, monkeypatch)
        second = materialize(server.url, monkeypatch)
    assert (first["accepted"], first["calls"], first["input_tokens"]) == (3, 3, 2700)
    assert (second["accepted"], second["cached"], second["calls"]) == (3, 3, 0)
    assert "Written by AI" in first["texts"]
    assert "numbers by Lucid" in first["texts"]
    assert "have not moved for 200 days" in first["texts"]


def test_a_failing_provider_and_a_setting_without_meaning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(SCRIPTS["server_error"]) as server:
        failed = materialize(server.url, monkeypatch)
    assert (failed["accepted"], failed["template"]) == (0, 3)
    assert failed["template because"] == {
        "the provider has a fault (status 500): That went wrong.": 3
    }
    odd = materialize("no url", monkeypatch)
    assert (odd["template"], odd["calls"]) == (3, 0)
