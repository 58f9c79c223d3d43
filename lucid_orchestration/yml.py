"""Reading the yml files that belong to the project."""

from pathlib import Path
from typing import Any

import yaml

# libyaml where it is there: a file of 300 lines takes 5 ms with it, and 50 without. A file that
# anyone may have written is not for it: nesting without end would end the process.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yml(path: Path) -> Any:
    """What a yml file of the project says.

    Raises:
        yaml.YAMLError, UnicodeDecodeError: when it is none.
    """
    return yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506
