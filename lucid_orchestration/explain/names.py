"""Names of the shop's own things: kept out of what is sent and out of what a model writes."""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

# vowel signs of Indian scripts are part of a word, but not for regular expressions
_TOKEN = re.compile(r"[^\W_](?:[^\W_]|[\u0900-\u0963\u0966-\u0dff])*")
# Below it a name may be part of any word, so it counts only where it stands alone.
_SHORT_NAME = 4
_LONGEST_NAME_WORDS = 16


@dataclass(frozen=True)
class Catalogue:
    """The names of a shop's products as sequences of lower-case words."""

    names: frozenset[tuple[str, ...]]
    words: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[str]) -> "Catalogue":
        """The catalogue of some names."""
        split = frozenset(filter(None, (_tokens(name) for name in names)))
        return cls(split, frozenset(word for name in split for word in name))

    def names_in(self, text: str, plain_words: Set[str]) -> list[str]:
        """The names a text contains, as it spells them, but for those that are everyday words."""
        spans = [token.span() for token in _TOKEN.finditer(text)]
        tokens = [text[start:end].casefold() for start, end in spans]
        names = []
        for first, token in enumerate(tokens):
            if token not in self.words:
                continue
            for last in range(first, min(first + _LONGEST_NAME_WORDS, len(tokens))):
                name = tuple(tokens[first : last + 1])
                if name in self.names and not plain_words >= set(name):
                    names.append(text[spans[first][0] : spans[last][1]])
        return names

    def has_name(self, name: str) -> bool:
        """Whether a name is one of the catalogue's."""
        return _tokens(name) in self.names

    def has_word(self, word: str, plain_words: Set[str]) -> bool:
        """Whether a word is part of a name and no everyday word."""
        folded = word.casefold()
        return folded in self.words and folded not in plain_words


def masked(text: str, labels: Mapping[str, str]) -> str:
    """The text with every name replaced by its label, whatever the case, longest name first.

    A name that is also a word or a figure of the sentence is replaced there too: a clumsy sentence
    is better than a name that leaves the machine.
    """
    names = sorted(filter(str.strip, labels), key=lambda name: (-len(name), name))
    if not names:
        return text
    folded = {name.casefold(): label for name, label in labels.items()}
    pattern = "|".join(
        re.escape(name) if len(name) >= _SHORT_NAME else rf"(?<!\w){re.escape(name)}(?!\w)"
        for name in names
    )
    return re.sub(
        pattern,
        lambda match: folded.get(match.group().casefold(), "the subject"),
        text,
        flags=re.IGNORECASE,
    )


def _tokens(name: str) -> tuple[str, ...]:
    return tuple(token.casefold() for token in _TOKEN.findall(name))[:_LONGEST_NAME_WORDS]
