"""Who wrote a text, as the reader is told."""

from collections.abc import Mapping
from typing import Any


def credit(text: Mapping[str, Any]) -> str:
    """For a row of `ai_explanations`, without a full stop."""
    if text["text_source"] != "ai":
        return "Text by Lucid (template)"
    if text["provider"] == "demo":
        return (
            "Demonstration: fixed sentences from a server on this machine, no AI; "
            "every figure is Lucid's own"
        )
    return f"Written by AI ({text['provider']} {text['model']}), numbers by Lucid"
