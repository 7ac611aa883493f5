"""When two spellings are the same thing: VAT numbers, accounts, identifiers, names, invoice numbers.

The line is drawn where certainty ends. Punctuation, spaces and case never carry meaning in an identifier, so
`NL8200.98.395.B.01` and `nl 820098395b01` are one VAT number. A letter O for a digit 0, a missing digit, two
digits
swapped or another country prefix may be a slip of the pen or another company: those are different, and a
person decides. Invoice numbers are the other way round: there a look-alike of an already booked number is
suspicious.
"""

from __future__ import annotations

import re
import unicodedata

_NOT_ALNUM = re.compile(r"[^0-9A-Z]+")
_SPACE = re.compile(r"\s+")
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_COPY_MARK = re.compile(r"(COPY|COPIE|KOPIE|KOPIA|DUPLICATE|DUP|REV|R|V|NEW|BIS|[A-Z])?\d{0,2}")


def code_key(text: str) -> str:
    """VAT numbers, item codes and register numbers as they are compared: letters and digits, upper case."""
    return _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", text).upper())


def scheme_key(value: str, scheme: str) -> str:
    """An identifier with the list it comes from, so that a GLN never equals a customer number."""
    return f"{code_key(scheme)}:{code_key(value)}" if value else ""


def name_key(text: str) -> str:
    """The form in which names are compared: case and white space carry no meaning, anything else does."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def number_key(text: str) -> str:
    """The form in which invoice numbers are the same number: white space and case aside."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip().upper()


def look_alike(ours: str, theirs: str, *, same_day: bool = False) -> str | None:
    """Say in what way two different invoice numbers may be one number written twice; None when they may not.

    Neighbours in a sequence (INV-12, INV-13) are ordinary and never look alike in this sense, unless both
    invoices also have one date.
    """
    if number_key(ours) == number_key(theirs):
        return None
    one, two = code_key(ours), code_key(theirs)
    if one == two:
        return "differs only in punctuation"
    first, second = _folded(one), _folded(two)
    if first == second:
        return "differs only in leading zeros or in letters that look like digits"
    if _is_swap(first, second) or _is_swap(one, two):
        return "has two neighbouring characters swapped"
    for short, long, spelled in ((one, two, theirs), (two, one, ours)):
        if _is_marked_copy(short, long, spelled):
            return "is the same number with something added at the end"
    if _drops_one(one.translate(_LOOK_ALIKE), two.translate(_LOOK_ALIKE)):
        return "has one character more or less"
    if same_day and len(one) == len(two) and sum(a != b for a, b in zip(one, two, strict=True)) == 1:
        return "has one character changed and the same date"
    return None


def _folded(key: str) -> str:
    """Look-alikes as digits, and every run of digits without its leading zeros."""
    return re.sub(r"\d+", lambda run: run[0].lstrip("0") or "0", key.translate(_LOOK_ALIKE))


def _is_swap(one: str, two: str) -> bool:
    if len(one) != len(two):
        return False
    apart = [at for at, (a, b) in enumerate(zip(one, two, strict=True)) if a != b]
    if len(apart) != 2 or apart[1] != apart[0] + 1:
        return False
    left, right = apart
    return one[left] == two[right] and one[right] == two[left]


def _is_marked_copy(short: str, long: str, spelled: str) -> bool:
    """The longer is the shorter plus a mark: letters (A, copy), or digits after punctuation (-1, /2)."""
    if len(short) < 2 or not long.startswith(short):
        return False
    mark = long[len(short) :]
    if not mark or not _COPY_MARK.fullmatch(mark):
        return False
    separated = re.search(rf"[^0-9A-Za-z]{re.escape(mark)}\W*$", spelled, re.IGNORECASE) is not None
    return separated or not mark[0].isdigit()


def _drops_one(one: str, two: str) -> bool:
    """One has a single character more; short numbers are left out, where that says nothing (10 and 100)."""
    short, long = sorted((one, two), key=len)
    if len(short) < 5 or len(long) != len(short) + 1:
        return False
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
