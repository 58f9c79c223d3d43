"""The description of the service, as OpenAPI and as TypeScript types, for whoever builds on it.

`python -m lucid_orchestration.desk.description` writes both into docs/.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lucid_orchestration.desk.access import allowed
from lucid_orchestration.desk.app import application, open_desk
from lucid_orchestration.settings import PROJECT_DIR, Settings
from lucid_orchestration.storage import write_text

OPENAPI = PROJECT_DIR / "docs" / "openapi.json"
TYPESCRIPT = PROJECT_DIR / "docs" / "desk.d.ts"
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


def description() -> dict[str, Any]:
    """The OpenAPI description; it depends on no data."""
    nowhere = Settings(Path("data"))
    app = application(open_desk(nowhere, allowed("127.0.0.1", 8765, None, [])))
    return app.openapi()


def as_text(described: Mapping[str, Any]) -> str:
    """The description as it is kept."""
    return json.dumps(described, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def typescript(described: Mapping[str, Any]) -> str:
    """A type for each shape, and one that says what each operation takes and answers."""
    lines = [
        f"// Types of the Lucid desk, made from docs/openapi.json (version "
        f"{described['info']['version']}).",
        "// Amounts are decimal text: never parse them into a number to calculate with.",
        "",
    ]
    for name, schema in sorted(described["components"]["schemas"].items()):
        lines += [*_comment(schema), f"export type {name} = {_type(schema, '')};", ""]
    lines.append("export interface Operations {")
    for path, methods in sorted(described["paths"].items()):
        for method, operation in sorted(methods.items()):
            lines += _operation(path, method, operation)
    return "\n".join([*lines, "}", ""])


def write() -> None:
    """Write both files."""
    described = description()
    write_text(OPENAPI, as_text(described))
    write_text(TYPESCRIPT, typescript(described))


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> list[str]:
    given: dict[str, list[str]] = {"path": [], "query": []}
    for parameter in operation.get("parameters", ()):
        mark = "" if parameter["required"] else "?"
        kind = _type(parameter["schema"], "    ")
        given[parameter["in"]].append(f"{_key(parameter['name'])}{mark}: {kind}")
    answers = [
        answer.get("content", {})
        for status, answer in sorted(operation["responses"].items())
        if status.startswith("2")
    ]
    kinds = [
        _type(content["schema"], "    ") if kind == "application/json" else "Blob"
        for answer in answers
        for kind, content in answer.items()
    ]
    body = operation.get("requestBody", {}).get("content", {})
    sent = [
        _type(content["schema"], "    ") if kind == "application/json" else "FormData"
        for kind, content in body.items()
    ]
    return [
        f"  {operation['operationId']}: {{",
        f'    method: "{method.upper()}";',
        f'    address: "{path}";',
        f"    path: {{ {'; '.join(given['path'])} }};",
        f"    query: {{ {'; '.join(given['query'])} }};",
        f"    body: {' | '.join(sent) or 'undefined'};",
        f"    answer: {' | '.join(kinds) or 'undefined'};",
        "  };",
    ]


def _type(schema: Mapping[str, Any], indent: str) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            kinds = [_type(one, indent) for one in schema[several]]
            return " | ".join(dict.fromkeys(kinds))
    kind = schema.get("type")
    if kind == "null":
        return "null"
    if kind == "array":
        return f"Array<{_type(schema.get('items', {}), indent)}>"
    if kind == "object" or "properties" in schema:
        return _object(schema, indent)
    return _PLAIN.get(str(kind), "unknown")


def _object(schema: Mapping[str, Any], indent: str) -> str:
    properties = schema.get("properties")
    if not properties:
        others = schema.get("additionalProperties")
        kind = _type(others, indent) if isinstance(others, dict) else "unknown"
        return f"Record<string, {kind}>"
    inner = indent + "  "
    required = set(schema.get("required", ()))
    lines = []
    for name, one in properties.items():
        lines += [f"{inner}{line}" for line in _comment(one)]
        mark = "" if name in required else "?"
        lines.append(f"{inner}{_key(name)}{mark}: {_type(one, inner)};")
    return "\n".join(["{", *lines, f"{indent}}}"])


def _comment(schema: Mapping[str, Any]) -> list[str]:
    text = " ".join(str(schema.get("description", "")).split()).replace("*/", "* /")
    return [f"/** {text} */"] if text else []


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else json.dumps(name)


if __name__ == "__main__":
    write()
