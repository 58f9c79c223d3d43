"""The kinds of things an insight is about, and what each is called."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

EntityType: TypeAlias = Literal["store", "category", "product"]

ENTITY_WORDS: Mapping[str, str] = {"store": "shop", "category": "category", "product": "product"}
