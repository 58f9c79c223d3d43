"""The text functions the macros call on Spark, as statements for a session."""

from pathlib import Path

from lucid_orchestration.ingest import currency_marks
from lucid_orchestration.warehouse.dbt_plugin import calendar_codes, without_marks

FUNCTIONS = Path(__file__).with_name("functions_spark.sql")


def function_statements() -> tuple[str, ...]:
    """One statement each, in the order they need one another."""
    codes = calendar_codes()
    plain = _plain_letters()
    told = {
        "{accented}": "".join(plain),
        "{plain}": "".join(plain.values()),
        "{currency_marks}": currency_marks.PATTERN,
        "{words}": between_quotes("|".join(codes)),
        "{codes}": between_quotes("|".join(codes.values())),
    }
    sql = FUNCTIONS.read_text(encoding="utf-8")
    for name, value in told.items():
        sql = sql.replace(name, value)
    statements = (part.strip() for part in sql.split(";\n"))
    return tuple(part for part in statements if part)


def _plain_letters() -> dict[str, str]:
    """Every letter with an accent, and the one it is without."""
    letters = (chr(code) for code in range(0x80, 0x10000) if not 0xD800 <= code < 0xE000)
    bare = {letter: without_marks(letter) for letter in letters}
    return {letter: plain for letter, plain in bare.items() if plain != letter and len(plain) == 1}


def between_quotes(value: str) -> str:
    """What stands between the quotes of a text: Spark reads two quotes as two texts."""
    return value.replace("\\", "\\\\").replace("'", "\\'")
