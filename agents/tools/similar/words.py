"""Any text as a list of plain words, so that an index and its queries agree in every script.

Nothing of a search engine's query language survives: only letters and digits come out.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

# Scripts written without spaces: each character is a word, and two-word phrases do the rest.
_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Kana, Han
    "\U00020000-\U0003134f"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_LONGEST_TEXT = 20_000
_MOST_WORDS = 64

ENGLISH_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an the and or but if of at by for with about to from in on is are was were be been am do does did "
        "have has had i me my we you your it its this that these those there here what which who how when "
        "where why can could would should will just so not no as than then too very",
    )
)


def words(text: str) -> list[str]:
    """The words of a text in order, folded without case and width; the first 20,000 characters."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST_TEXT]).casefold()
    return _WORD.findall(folded)


def same_text(text: str) -> str:
    """Equal for two texts exactly when they differ only in case, punctuation and spacing."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(folded))


def content_words(found: list[str], stop_words: frozenset[str]) -> list[str]:
    """The distinct words that carry meaning; all of them where nothing else is left. At most 64."""
    distinct = list(dict.fromkeys(found))
    return ([w for w in distinct if w not in stop_words] or distinct)[:_MOST_WORDS]


def phrases(found: list[str]) -> list[tuple[str, str]]:
    """The distinct neighbours, stop words included. At most 64."""
    return list(dict.fromkeys(pairwise(found)))[:_MOST_WORDS]
