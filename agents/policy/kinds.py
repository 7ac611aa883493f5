"""Brings a value of a kind into the one spelling in which two values are compared.

Kinds keep values apart: the number 13 of a file, of an event and of a day in June are three different things.
Nothing here guesses: what cannot be read as its kind has no spelling and so is never proven.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

Json = Any
TEXT = "text"
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
_PLAIN = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_POINT = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,2}")
_COMMA = re.compile(r"[-+]?[0-9]{1,3}([. ][0-9]{3})*,([0-9]{1,2})")
_PORTS = {"http": 80, "https": 443, "ftp": 21}
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


def normalised(kind: str, value: Json) -> str | None:
    """Return the spelling for comparing, or None where the value is not of this kind.

    Args:
        kind: amount, currency, iban, email, url, phone, password or `id:<what>`; any other kind compares
            scalars exactly. A free text has no spelling: it is looked through, never compared.
    """
    if value is None or kind == TEXT or isinstance(value, dict | list):
        return None
    if kind.startswith("id:"):
        return _identifier(value)
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(value)
    return _number(value) if _is_number(value) else str(value).strip() or None


def identifies(kind: str) -> bool:
    """Return whether a value of this kind can name one record."""
    return kind.startswith("id:") or kind in ("name", "email", "iban", "phone", "url")


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _number(value: Json) -> str | None:
    """Return a decimal in one spelling: 12.50, 12.5 and 12.500 are equal; floats as they print."""
    try:
        amount = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount.adjusted()) > 40:
        return None
    return format(amount.normalize() + 0, "f")


def _amount(value: Json) -> str | None:
    """Return an amount; a separator that could be either (1,234) is not read."""
    if _is_number(value):
        return _number(value)
    if not isinstance(value, str) or not value.isascii():
        return None
    text = value.strip()
    if _PLAIN.fullmatch(text):
        return _number(text)
    if _POINT.fullmatch(text):
        return _number(text.replace(",", ""))
    if _COMMA.fullmatch(text):
        return _number(re.sub(r"[. ]", "", text).replace(",", "."))
    return None


def _currency(value: Json) -> str | None:
    text = str(value).strip()
    return text.upper() if re.fullmatch(r"[A-Za-z]{3}", text) else None


def _iban(value: Json) -> str | None:
    """Return an IBAN as it is stored (ISO 13616): upper case, without spaces. Its checksum proves nothing."""
    if not isinstance(value, str) or not value.isascii():
        return None
    text = re.sub(r"[\s-]", "", value).upper()
    return text if _IBAN.fullmatch(text) else None


def _email(value: Json) -> str | None:
    """Return the address itself, in lower case (ASCII only), its domain in IDNA."""
    if not isinstance(value, str) or "\n" in value or "\r" in value or value.count("@") != 1:
        return None
    address = parseaddr(value.removeprefix("mailto:").strip())[1]
    local, _, domain = address.partition("@")
    host = _domain(domain)
    if not local or not host or not local.isascii() or re.search(r"[\s<>,;\"]", local):
        return None
    return f"{local.lower()}@{host}"


def _domain(text: str) -> str | None:
    try:
        host = text.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return host if _DOMAIN.fullmatch(host) else None


def _url(value: Json) -> str | None:
    """Return a URL with scheme and host in lower case and no default port (RFC 3986 §6.2.2-6.2.3).

    A URL with a user name, a backslash or white space is read differently by different programs: it has none.
    """
    if not isinstance(value, str) or re.search(r"[\s\\\x00-\x1f]", value.strip()):
        return None
    try:
        parts = urlsplit(value.strip())
        port = parts.port
    except ValueError:
        return None
    host = _domain(parts.hostname or "")
    if not parts.scheme or not host or "@" in parts.netloc:
        return None
    scheme = parts.scheme.lower()
    place = host if port is None or port == _PORTS.get(scheme) else f"{host}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{scheme}://{place}{parts.path or '/'}{query}{fragment}"


def _phone(value: Json) -> str | None:
    """Return a number in E.164 where it names its country; otherwise its digits, marked as national."""
    import phonenumbers

    if not isinstance(value, str) or not re.fullmatch(r"[0-9+()/.\s-]{4,30}", value.strip()):
        return None
    text = value.strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    if not text.startswith("+"):
        return "national:" + re.sub(r"\D", "", text)
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _password(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None


def _identifier(value: Json) -> str | None:
    """Return an identifier as a text; 13 and "13" are one, "013" and "A1"/"a1" are not."""
    if isinstance(value, bool):
        return None
    if _is_number(value):
        text = _number(value)
        return text if text is not None and "." not in text else None
    if not isinstance(value, str):
        return None
    return unicodedata.normalize("NFC", value).strip() or None


def _name(value: Json) -> str | None:
    """Return a name with single spaces; its case and accents count."""
    return " ".join(unicodedata.normalize("NFC", value).split()) or None if isinstance(value, str) else None


_READERS: dict[str, Callable[[Json], str | None]] = {
    "amount": _amount,
    "currency": _currency,
    "iban": _iban,
    "email": _email,
    "url": _url,
    "phone": _phone,
    "password": _password,
    "name": _name,
}
