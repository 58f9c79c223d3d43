"""Changing some values of a YAML text an owner wrote, and nothing else of it: comments stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from lucid_orchestration.yml import StatedError, parse_stated


@dataclass(frozen=True)
class _Edit:
    """What is to stand in the place of a part of the text."""

    start: int
    end: int
    text: str


class _NotByPartsError(Exception):
    """The text is written in a way that only a new one can say the change in."""


def edited(text: str, new: Mapping[str, Any]) -> str:
    """The text with other values: what does not change stays as it was written, to the letter.

    A text in one line, such as `{a: 1}`, is written anew. The result always says `new`.

    Raises:
        StatedError: when the text cannot be understood.
    """
    old = parse_stated(text.encode()) or {}
    text = text if text.endswith("\n") or not text else f"{text}\n"
    try:
        found = _by_parts(text, old, new)
        if parse_stated(found.encode()) == (dict(new) or None):
            return found
    except (_NotByPartsError, StatedError, yaml.YAMLError):
        pass  # whatever the reason: what is said goes before how it is written
    return dumped(new) if new else ""


def dumped(content: Mapping[str, Any]) -> str:
    """Settings as an owner would write them."""
    text: str = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=100)
    return text


def _by_parts(text: str, old: Any, new: Mapping[str, Any]) -> str:
    if not old:
        return text + (dumped(new) if new else "")
    edits: list[_Edit] = []
    _collect(text, yaml.compose(text, yaml.SafeLoader), old, new, edits)
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _collect(
    text: str,
    node: yaml.Node | None,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    edits: list[_Edit],
) -> None:
    if not isinstance(node, yaml.MappingNode) or node.flow_style or len(node.value) != len(old):
        raise _NotByPartsError
    indent = " " * node.start_mark.column
    for (key_node, value_node), (key, value) in zip(node.value, old.items(), strict=True):
        start = key_node.start_mark.index - key_node.start_mark.column
        end = _line_end(text, _end(value_node))
        if key not in new:
            edits.append(_Edit(start, end, ""))
        elif new[key] == value and type(new[key]) is type(value):
            continue
        elif _is_map(value) and _is_map(new[key]) and not value_node.flow_style:
            _collect(text, value_node, value, new[key], edits)
        else:
            edits.append(_Edit(start, end, _indented({key: new[key]}, indent)))
    added = {key: value for key, value in new.items() if key not in old}
    if added:
        end = _line_end(text, _end(node))
        edits.append(_Edit(end, end, _indented(added, indent)))


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value)


def _end(node: yaml.Node) -> int:
    """Where what a node says ends: behind a list or a map there may be comments of what follows."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        parts = [
            part for item in node.value for part in (item if isinstance(item, tuple) else [item])
        ]
        return max(_end(part) for part in parts)
    end: int = node.end_mark.index
    return end


def _line_end(text: str, place: int) -> int:
    """The beginning of the next line."""
    if place and text[place - 1] == "\n":
        return place
    found = text.find("\n", place)
    return len(text) if found < 0 else found + 1


def _indented(content: Mapping[str, Any], indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in dumped(content).splitlines())
