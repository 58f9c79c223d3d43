"""Reading yml: the files that belong to the project, and those that anyone may have written."""

import stat
from pathlib import Path
from typing import Any

import yaml

# libyaml where it is there: a file of 300 lines takes 5 ms with it, and 50 without. A file that
# anyone may have written is not for it: nesting without end would end the process.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# A thousand headings and as many names of products are 60 KB; Python reads 100 KB in a second.
MAX_STATED_BYTES = 100_000
MAX_DEPTH = 20
# What PyYAML makes of values such as `!!int ""`, `!!bool 7` or a number of 5,000 digits.
_LARGEST = 10**18
_NO_VALUE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)


class StatedError(Exception):
    """A settings file of an owner that cannot be used: a sentence that says why."""


def read_yml(path: Path) -> Any:
    """What a yml file of the project says.

    Raises:
        yaml.YAMLError, UnicodeDecodeError: when it is none.
    """
    return parse_yml(path.read_text(encoding="utf-8"))


def parse_yml(text: str) -> Any:
    """What a text from a yml file of the project says.

    Raises:
        yaml.YAMLError: when it is none.
    """
    return yaml.load(text, _LOADER)  # noqa: S506


def read_stated(path: Path) -> bytes:
    """The content of a settings file, which may be anything at all.

    Raises:
        FileNotFoundError: when there is none.
        StatedError: when it is no plain file, far too large, or cannot be opened.
    """
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise StatedError("It is a link, a folder or a device. Put the file itself here.")
        if status.st_size > MAX_STATED_BYTES:
            raise StatedError(f"It is larger than {MAX_STATED_BYTES // 1000} KB.")
        with path.open("rb") as file:
            return file.read(MAX_STATED_BYTES)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StatedError(f"It cannot be opened ({error.strerror or error}).") from error


def parse_stated(content: bytes) -> Any:
    """What an owner's settings file says: maps, lists, texts, numbers, yes or no, and None.

    Days stay the text that was written.

    Raises:
        StatedError: when it says nothing that can be understood.
    """
    try:
        return yaml.load(content.decode("utf-8-sig"), _OwnersLoader)  # noqa: S506
    except UnicodeDecodeError as error:
        raise StatedError("It is not UTF-8 text. Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        raise StatedError(f"It is not YAML: {' '.join(str(error).split())}.") from error


class _OwnersLoader(yaml.SafeLoader):
    """Makes plain values of a text that cannot grow while it is read, and names the line."""

    # text that looks like a day may be none: 2026-13-45
    yaml_implicit_resolvers = {  # noqa: RUF012  an attribute of the class there as well
        first: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            # ten lines of aliases of aliases are a thousand million values
            raise StatedError(f"Line {line} repeats another by an alias (*). Write it out there.")
        if self._depth == MAX_DEPTH:
            raise StatedError(f"Line {line} is nested more than {MAX_DEPTH} levels deep.")
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            value = super().construct_object(node, deep=deep)
            if isinstance(value, str):
                value.encode()  # half a character, such as "\ud800", fits no file
            if isinstance(value, int) and abs(value) >= _LARGEST:
                raise ValueError("a number of more than 18 digits")
        except _NO_VALUE as error:
            line = node.start_mark.line + 1
            raise StatedError(f"Line {line} holds a value that is none ({error}).") from error
        return value
