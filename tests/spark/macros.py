"""The project's macros rendered for either engine, as dbt's `adapter.dispatch` chooses them."""

import re
from typing import Any

from jinja2 import Environment

from lucid_orchestration.settings import PROJECT_DIR, project_vars

_MACROS = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("macros", "macros/spark")
    for path in sorted((PROJECT_DIR / folder).glob("*.sql"))
)
BODIES = frozenset(re.findall(r"\{%-?\s*macro (\w+)\(", _MACROS))
DISPATCHED = frozenset(re.findall(r'adapter\.dispatch\("(\w+)", "lucid"\)', _MACROS))


def relation(name: str) -> str:
    """What a model, a seed or a raw table is called in rendered SQL."""
    return f"relation_{name}"


class Macros:
    """The macros of one engine, `duckdb` or `spark`, called by their names."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._environment = Environment(extensions=["jinja2.ext.do"], autoescape=False)
        self._environment.globals |= {
            "adapter": self,
            "return": lambda value: value,
            "var": lambda name: project_vars()[name],
            "ref": relation,
            "source": lambda _schema, name: relation(name),
            "config": lambda **_: "",
            "model": {"resource_type": "test"},
            "execute": False,
        }
        self._module: Any = self._environment.from_string(_MACROS).module

    def dispatch(self, name: str, _package: str) -> Any:
        """The body of a macro for this engine."""
        own = getattr(self._module, f"{self._engine}__{name}", None)
        return own or getattr(self._module, f"default__{name}")

    def __call__(self, name: str, *arguments: Any) -> str:
        return str(getattr(self._module, name)(*arguments)).strip()

    def rendered(self, sql: str) -> str:
        """A model's SQL with all its macros worked out."""
        return self._environment.from_string(_MACROS + sql).render().strip()
