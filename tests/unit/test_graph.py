"""The shape of the graph of models: what could be one model and is two."""

from collections import defaultdict
from typing import Any


def rejoined(manifest: dict[str, Any]) -> dict[str, str]:
    """Models with one reader that also reads a model they read: name to reason, "" for none.

    The reader could do their work itself; `meta: {kept_apart: …}` in their yml says why it does
    not. Marts and quality are answers of their own.
    """
    models = {
        unique_id: node
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }
    parents = {
        unique_id: {parent for parent in node["depends_on"]["nodes"] if parent in models}
        for unique_id, node in models.items()
    }
    readers = defaultdict(list)
    for unique_id in models:
        for parent in parents[unique_id]:
            readers[parent].append(unique_id)
    return {
        models[unique_id]["name"]: models[unique_id]["config"]["meta"].get("kept_apart", "")
        for unique_id, found in readers.items()
        if models[unique_id]["fqn"][1] in {"staging", "intermediate"}
        and len(found) == 1
        and parents[unique_id] & parents[found[0]]
    }


def test_what_its_only_reader_could_do_itself_says_why_it_is_kept_apart(
    manifest: dict[str, Any],
) -> None:
    assert [name for name, reason in rejoined(manifest).items() if not reason] == []


def test_no_reason_for_keeping_apart_has_outlived_its_model(manifest: dict[str, Any]) -> None:
    reasons = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and "kept_apart" in node["config"]["meta"]
    }
    assert reasons - rejoined(manifest).keys() == set()
