"""Stands in for dbt's adapter while sqlfluff renders the models, with DuckDB's macros."""

from collections.abc import Callable

from jinja2 import pass_context
from jinja2.runtime import Context


@pass_context
def dispatch(context: Context, name: str, _package: str) -> Callable[..., str]:
    """The macro `default__<name>`."""
    macro: Callable[..., str] = context.resolve(f"default__{name}")
    return macro
