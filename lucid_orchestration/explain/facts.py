"""What an explanation may speak of: whole sentences, rendered by code from one insight."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

# Lucid words for the kind of money; a fall is never worded as a rise.
_DIRECTIONS = {"growth": "chance", "risk": "danger", "efficiency": "waste"}


@dataclass(frozen=True)
class FactsPack:
    """The facts of one insight as finished sentences ("claims"), and what they are about."""

    rule_id: str
    category: str
    direction: str
    entity_type: str
    confidence: str
    claims: Mapping[str, str]

    def canonical(self) -> str:
        """The pack as JSON with sorted keys: equal facts, equal text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    def digest(self) -> str:
        """SHA-256 of the canonical text."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def facts_pack(insight: Mapping[str, Any], confidence_sentence: str) -> FactsPack:
    """The facts of one row of `insights`."""
    return FactsPack(
        rule_id=insight["rule_id"],
        category=insight["category"],
        direction=_DIRECTIONS[insight["category"]],
        entity_type=insight["entity_type"],
        confidence=insight["confidence"],
        claims={
            "claim_main": insight["summary"],
            "claim_confidence": confidence_sentence,
            "claim_action": insight["recommended_action"],
        },
    )
