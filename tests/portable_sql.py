"""Rules for SQL that has to give the same answers on DuckDB and on Spark.

Each is about a place where one engine stops, or says something else without a word.
"""

import re
from collections.abc import Iterator

# Bodies for one engine alone: what `adapter.dispatch` chooses from.
ONE_ENGINE = ("default__", "duckdb__", "spark__")

# SQL that gives another result, or none, on one of the two: only bodies for one engine may hold it.
OUTSIDE_JINJA = {
    r"/(?![*/])": "division outside ratio()",
    r'(?<![\w\'])"': "double quotes: a string on Spark",
    r"\w\[-?\d+\]|\)\[-?\d+\]": "places in a text or list are counted otherwise on Spark",
}
PATTERNS = {
    r"\bgenerate_series\b|\bunnest\b|\bexplode\b": "row generators outside month_series()",
    r"\bavg\s*\(": "avg of a decimal: use ratio(sum, count)",
    r"\bpivot\b|\basof\b|\bexclude\b|\bcolumns\s*\(|\bqualify\b": "DuckDB only",
    r"\b(dow|dayofweek|weekday|isodow|strftime|list_\w+|arg_max|arg_min)\s*\(": "DuckDB only",
    r"\blog\s*\(|\bregexp_\w+\s*\(|\bconcat\s*\(|\bhash\s*\(|\bstddev\w*\s*\(": "differs on Spark",
    r"\b(current_date|current_timestamp|now\s*\(|random\s*\()": "a clock or chance",
    r"\bvarchar\b(?!\s*\()": "varchar without a length is no type on Spark: string",
    r"\bsign\s*\(": "sign() of a decimal is a double on Spark: sign_of()",
    r"\b(lower|upper)\s*\(": "letters of some scripts change otherwise on Spark: small_letters()",
}
# What a decimal type may hold: of a factor, and of what is added to or taken from.
WIDEST_FACTOR = 19
WIDEST_TERM = 37


def findings(sql: str) -> list[str]:
    """What in SQL, with its Jinja, only one engine can do."""
    found = [why for pattern, why in OUTSIDE_JINJA.items() if re.search(pattern, _plain(sql), re.I)]
    # in Jinja a text is SQL too
    told = _without_texts(sql)
    found += [why for pattern, why in PATTERNS.items() if re.search(pattern, told, re.I)]
    for rule in (_windows, _decimals, _trims, _likes, _havings, _cases, _generators):
        found.extend(rule(told))
    return found


def _without_texts(sql: str) -> str:
    """The SQL with its Jinja, without comments and texts of its own."""
    sql = re.sub(r"\{#.*?#\}", "", sql, flags=re.S)
    parts = re.split(r"(\{\{.*?\}\}|\{%.*?%\})", re.sub(r"--[^\n]*", "", sql), flags=re.S)
    marked = "".join(f"\0{i}\0" if i % 2 else part for i, part in enumerate(parts))
    bare = re.sub(r"'(?:[^']|'')*'", "'s'", marked)
    return re.sub(r"\0(\d+)\0", lambda mark: parts[int(mark.group(1))], bare)


def _plain(sql: str) -> str:
    """The SQL alone, with a letter where its Jinja stands."""
    return re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " J ", _without_texts(sql), flags=re.S)


def portable_macros(sql: str) -> Iterator[tuple[str, str]]:
    """Name and body of each macro of a file that no engine has to itself."""
    for name, body in re.findall(
        r"\{%-?\s*macro (\w+)\(.*?\)\s*-?%\}(.*?)\{%-?\s*endmacro", sql, flags=re.S
    ):
        if not name.startswith(ONE_ENGINE):
            yield name, body


def arguments(text: str, start: int) -> tuple[list[str], int]:
    """The arguments in the bracket that opens before `start`, and where it ends."""
    found: list[str] = []
    depth, begin, quoted = 1, start, False
    for place in range(start, len(text)):
        letter = text[place]
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth == 0:
                return [*found, text[begin:place]], place + 1
        elif letter == "," and depth == 1:
            found.append(text[begin:place])
            begin = place + 1
    return [*found, text[begin:]], len(text)


def _calls(sql: str, name: str) -> Iterator[tuple[re.Match[str], list[str], int]]:
    """Each call of a function: where it begins, its arguments, and where it ends."""
    for call in re.finditer(rf"\b{name}\s*\(", sql, re.I):
        yield call, *arguments(sql, call.end())


def _windows(sql: str) -> Iterator[str]:
    windows = [
        ",".join(given)
        for name in ("over", r"window \w+ as", r", \w+ as")
        for _, given, _ in _calls(sql, name)
        if name == "over" or re.match(r"\s*(partition|order)\b", given[0])
    ]
    named = set(re.findall(r"\b(\w+) as \(\s*partition by\b", sql))
    for window in windows:
        if re.match(r"\s*(\w*)", window).group(1) in named:  # type: ignore[union-attr]
            continue
        order = re.search(r"order\s+by\s+(.*?)(?:\brows\b|$)", window, re.I | re.S)
        if order and not re.search(r"nulls\s+(first|last)", order.group(1), re.I):
            yield f"window order without nulls first|last: {order.group(1).strip()}"
        if not re.search(r"\bpartition\s+by\b", window, re.I):
            yield f"a window over all shops, one task on Spark: over ({window.strip()[:40]})"


def _decimals(sql: str) -> Iterator[str]:
    """Spark gives up places of what passes 38 digits, and says nothing."""
    for call, given, end in _calls(sql, "cast"):
        typed = re.search(r"\bas\s+decimal\(\s*(\d+)\s*,[^()]*\)\s*$", given[-1], re.I)
        digits = int(typed.group(1)) if typed else 0
        before, behind = sql[: call.start()].rstrip(), sql[end:].lstrip()
        if digits > WIDEST_FACTOR and (before.endswith("*") or behind.startswith("*")):
            yield f"a factor of {digits} digits: use product()"
        if digits > WIDEST_TERM and (re.search(r"[-+]$", before) or re.match(r"[-+]", behind)):
            yield f"a term of {digits} digits: cast it to {WIDEST_TERM} at most"
    for call, given, end in _calls(sql, "product"):
        before, behind = sql[: call.start()].rstrip(" {"), sql[end:].lstrip(" }")
        if re.search(r"[-+]$", before) or re.match(r"[-+](?![}%])", behind):
            yield "a product has 38 digits: cast it before anything is added to it or taken from it"
        if len(given) > 2 and re.search(r"\bsum\s*\(", given[2]):
            yield "a sum has more than 18 digits: cast it before product() takes it"
    for call, given, end in _calls(sql, "sum"):
        # what else is added up has few places, which Spark never gives up
        if re.search(r"\bcost\b", given[0]) and not re.search(r"\bthen 1\b", given[0]):
            before, behind = sql[: call.start()].rstrip(), sql[end:].lstrip()
            if re.search(r"[-+*]$", before) or re.match(r"[-+*]", behind):
                yield "a sum of costs has 38 digits: cast it to decimal(28, 7) first"


def _trims(sql: str) -> Iterator[str]:
    for name in ("trim", "ltrim", "rtrim"):
        for _, given, _ in _calls(sql, name):
            if not re.match(r"\s*(both|leading|trailing)\s+\S.*\bfrom\b", given[0], re.S):
                yield f"{name}() strips other spaces on Spark: trim(both '…' from …)"


def _likes(sql: str) -> Iterator[str]:
    for pattern in re.findall(r"\blike\s+(?!')([^\n]+)", sql, re.I):
        if not re.search(r"\bescape\s+'", pattern, re.I):
            yield f"like a pattern of somebody else's without escape: {pattern.strip()[:40]}"


def _havings(sql: str) -> Iterator[str]:
    """An engine may take the name for the column, or for what is selected under it."""
    for query in re.split(r"^\s*\),?\s*$|\bunion all\b", sql, flags=re.M):
        if having := re.search(r"^\s*having\b(.*)", query, re.S | re.M | re.I):
            selected = re.findall(r"\)\s+as\s+(\w+)", query[: having.start()])
            named = re.findall(r"(?<![.\w])([a-z_]\w*)\b(?!\s*\()", having.group(1))
            for name in sorted(set(selected) & set(named)):
                yield f"having on {name}, which is also the name of a result"


def _cases(sql: str) -> Iterator[str]:
    """Engines differ in the type of a case whose branches are whole numbers and doubles."""
    stack: list[int] = []
    for word in re.finditer(r"\b(case|end)\b", sql):
        if word.group() == "case":
            stack.append(word.end())
        elif stack:
            body = sql[stack.pop() : word.start()]
            while (
                inner := re.sub(r"\bcase\b(?:(?!\bcase\b).)*?\bend\b", "c", body, flags=re.S)
            ) != body:
                body = inner
            branches = re.findall(
                r"\b(?:then|else)\s+(.*?)(?=\b(?:when|else|then)\b|$)", body, re.S
            )
            whole = any(re.fullmatch(r"-?\d+\s*", branch) for branch in branches)
            double = any(
                re.match(r"(round\(\s*)?\{\{ quotient\(|(sqrt|ln|exp|power)\(", branch)
                or re.match(r"cast\(.*as double\)\s*$", branch, re.S)
                for branch in branches
            )
            if whole and double:
                yield "a case of whole numbers and doubles: cast(0 as double)"


def _generators(sql: str) -> Iterator[str]:
    """DuckDB goes through two lists of one select side by side, Spark crosses their rows."""
    for query in re.split(r"\bselect\b", sql, flags=re.I):
        if len(re.findall(r"\b(?:each_\w+|month_series|day_series)\s*\(", query)) > 1:
            yield "rows of two lists in one select: their places in one query, words in the next"
