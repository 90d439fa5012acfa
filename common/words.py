"""Text cut into words, each with its place: what the grammars of dates and addresses read."""

import re
import unicodedata
from typing import NamedTuple

# A run of one private-use character is one word: callers blank out what they have already understood with it, so that
# every place in the text stays where it was.
_WORD = re.compile(r"([\ue000-\ue0ff])\1*|[^\W_]+(?:['’_][^\W_]+)*|\S")


class Word(NamedTuple):
    text: str
    plain: str  # lower case, without accents
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case without accents and with straight apostrophes, so that `Février` and `fevrier` are one word."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.lower().replace("’", "'"))
    return "".join(character for character in decomposed if not unicodedata.combining(character)) or text


def split_words(text: str) -> list[Word]:
    """Every word, number and punctuation mark of `text` in order; takes time linear in its length."""
    return [Word(match[0], fold(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]


def word_set(text: str) -> frozenset[str]:
    """The words of a table written as plain text."""
    return frozenset(text.split())
