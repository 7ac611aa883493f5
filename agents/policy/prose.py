"""Finds in free text the few values that it can prove, and the addresses and links that it holds.

Prose proves only what its writer marked: a quoted value, a name, or a code that cannot be mistaken (an IBAN,
an e-mail address, a link, a number beginning with +, an amount with its currency, PO-4711). A bare number is
never one of them: "13 June" does not name file 13, and order 4711 is not an amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from stdnum import iban

from agents.policy.kinds import normalised

ANY_ID = "id:*"
"""The kind of a code or a quoted text: it can be any identifier that contains a letter."""

_LONGEST = 200_000
_QUOTED = re.compile(
    r"""(?<!\w)(?:"([^"\n]{1,200})"|'([^'\n]{1,200})'|“([^”\n]{1,200})”|„([^“”\n]{1,200})[“”]"""
    r"""|«([^»\n]{1,200})»|‘([^’\n]{1,200})’|`([^`\n]{1,200})`)(?!\w)"""
)
_WORD_BEFORE = re.compile(r"([A-Za-z]{2,30})\s*(?:no\.?|nr\.?|number|id)?\s*[:#]?\s*\Z", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_URL = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.)[^\s<>\"'`\])}]+"
    r"|(?<![\w@./])(?:[\w-]{1,63}\.)+[a-z]{2,24}/[^\s<>\"'`\])}]*",
    re.IGNORECASE,
)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){2,8}(?![A-Za-z0-9])")
_PHONE = re.compile(r"(?<!\w)\+\d[\d ()/-]{5,20}\d(?!\w)")
_SIGN = r"(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|CAD|AUD|€|\$|£)"
# A dollar is the dollar of many countries: its sign names no currency.
_CURRENCIES = {"€": "EUR", "£": "GBP"}
_DIGITS = r"\d[\d., ]{0,20}"
_MONEY = re.compile(
    rf"(?<![\w.,])(?:(?P<sign>{_SIGN})\s?(?P<after>{_DIGITS})|(?P<before>{_DIGITS})\s?(?P<code>{_SIGN})(?!\w))"
)
_CODE = re.compile(r"(?<![\w./@-])(?=[\w./-]*\d)(?=[\w./-]*[A-Za-z])[A-Za-z0-9][\w./-]{2,62}[A-Za-z0-9](?![\w@-])")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|am|pm|h|x|k|m|kg|km|min|eur|usd)", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w'’-]*")


class Found(NamedTuple):
    """A typed value in a text: its kind, its spelling for comparing, and how it stands there."""

    kind: str
    value: str
    written: str


def proofs(text: str) -> Iterator[Found]:
    """Yield what a text that carries authority can prove."""
    text = text[:_LONGEST]
    yield from addresses(text)
    for found in _MONEY.finditer(text):
        yield from _of("amount", [(found["after"] or found["before"]).strip().rstrip(".,")])
        sign = found["sign"] or found["code"]
        yield from _of("currency", [_CURRENCIES.get(sign, sign)])
    for found in _QUOTED.finditer(text):
        inner = next(group for group in found.groups() if group is not None)
        yield from _quoted(inner, text[: found.start()])
    for written in _CODE.findall(text):
        if not _ORDINAL.fullmatch(written) and not re.fullmatch(r"[\d.,:/-]+[A-Za-z]{1,3}", written):
            yield Found(ANY_ID, written, written)
    yield from _names(text)


def addresses(text: str) -> Iterator[Found]:
    """Yield the addresses, links, accounts and telephone numbers in a text."""
    text = text[:_LONGEST]
    yield from _of("email", _EMAIL.findall(text))
    links = [written.rstrip(".,;:!?") for written in _URL.findall(text)]
    for written in links:
        full = written if "://" in written else f"https://{written}"
        yield Found("url", normalised("url", full) or full, written)
    yield from _of("iban", [_account(written) for written in _IBAN.findall(text)])
    yield from _of("phone", _PHONE.findall(text))


def _account(written: str) -> str:
    """Return an IBAN without the words that follow it: the longest valid one."""
    groups = re.split(r"[ -]", written)
    for count in range(len(groups), 1, -1):
        if iban.is_valid("".join(groups[:count])):
            return "".join(groups[:count])
    return groups[0] if len(groups[0]) > 4 else written


def _of(kind: str, written: list[str]) -> Iterator[Found]:
    for one in written:
        value = normalised(kind, one)
        if value is not None:
            yield Found(kind, value, one)


def _quoted(inner: str, before: str) -> Iterator[Found]:
    """Yield what a quoted text proves; a bare number only with the word for its kind before it."""
    yield Found("password", inner, inner)
    for kind in ("name", "email", "url", "iban"):
        value = normalised(kind, inner)
        if value is not None:
            yield Found(kind, value, inner)
    value = normalised("id:quoted", inner)
    if value is not None and any(character.isalpha() for character in value):
        yield Found(ANY_ID, value, inner)
    elif value is not None and (word := _WORD_BEFORE.search(before[-60:])):
        yield Found(f"id:{word[1].lower()}", value, inner)


def _names(text: str) -> Iterator[Found]:
    """Yield runs of capitalised words, also without their first words (which may be a verb)."""
    run: list[str] = []
    for token in [*text.split(), ""]:
        word = token.strip(".,;:!?()[]\"'“”„")
        if word[:1].isupper() and _NAME.fullmatch(word):
            run.append(word)
            if token.endswith(word):
                continue
        for start in range(max(0, len(run) - 5), len(run) - 1):
            name = " ".join(run[start:])
            yield Found("name", name, name)
        run = []
