"""Values as JSON: amounts as decimal text, days as ISO text, nothing as null."""

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import PurePath
from typing import Any

from starlette.responses import Response


class Json(Response):
    """An answer whose amounts are text: no float ever touches money."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return as_json(content)


def as_json(content: Any) -> bytes:
    """A value as UTF-8 JSON.

    Raises:
        TypeError: for a path or anything else that is no answer.
    """
    return json.dumps(plain(content), ensure_ascii=False, separators=(",", ":")).encode()


def plain(value: Any) -> Any:
    """A value of texts, whole numbers, lists and mappings alone."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Decimal):
        # format, not str: a small amount is never written as 0E-6
        return format(value, "f") if value.is_finite() else None
    if isinstance(value, datetime) and value.tzinfo is None:
        # moments of tables are UTC and do not say so
        return f"{value.isoformat()}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    if isinstance(value, PurePath):
        raise TypeError("a path of this machine is no answer")
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    raise TypeError(f"{type(value).__name__} is no answer")
