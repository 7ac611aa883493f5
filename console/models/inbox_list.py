"""The rows of the inbox's lists, in groups by risk (what is open) or by day (what was decided)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QModelIndex, QObject, Signal

from console import words
from console.models.inbox_headline import HANDED, Headline
from console.models.inbox_risk import Risk, risk_of
from console.models.rows import Group, HeldRows
from storage.queries.inbox import Closed, OpenItem

Key = tuple[str, str]
_FEW, _REMEMBERED = 8, 20_000
"""Rows that come or go at once without the whole list being new; headlines kept: the others are read again."""


class Row(NamedTuple):
    """One row; `headline` is None until it was read."""

    item: OpenItem | Closed
    headline: Headline | None = None

    @property
    def title(self) -> str:
        """What it is about, in one line."""
        return self.headline.title if self.headline else words.in_words(self.item.tool)

    @property
    def risk(self) -> Risk:
        """How much harm waits in it; of what was decided, what waited."""
        item = self.item
        if isinstance(item, OpenItem):
            return risk_of(item)
        return Risk.HIGH if item.irreversible or item.tier >= 4 else Risk.MEDIUM


def key_of(row: Row) -> Key:
    """Return what names a row."""
    return row.item.kind, row.item.id


def second_line(item: OpenItem | Closed) -> str:
    """Return the case and the agent of a row; of a handed-over case the agent and why it was."""
    if item.kind == "handoff":
        return f"{words.in_words(item.agent)} · {HANDED.get(item.about, words.in_words(item.about).lower())}"
    return f"{item.external_id or item.case_id} · {words.in_words(item.agent)}"


def matches(item: OpenItem | Closed, text: str) -> bool:
    """Return whether an item's agent, case, rule or tool holds every word of a filter."""
    if not text:
        return True
    held = " ".join((item.agent, words.in_words(item.agent), item.external_id or "", item.case_id, item.about,
                     item.tool, item.kind)).casefold()  # fmt: skip
    return all(word in held for word in text.casefold().split())


class InboxRows(HeldRows):
    """Rows whose headlines are read when they are seen.

    Signals:
        wanted: items whose headlines are needed (a list).
    """

    wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(key_of, parent)
        self._keys: list[Key] = []
        self._headlines: dict[tuple[Key, str | None], Headline] = {}
        self.words = self._words

    def show(self, groups: Iterable[tuple[Group, Sequence[OpenItem | Closed]]]) -> None:
        """Show these items; the same ones again are only painted anew. One pass: there may be many."""
        heads: list[Group] = []
        rows: list[OpenItem | Closed] = []
        for group, items in groups:
            if items:
                heads.append(group._replace(rows=len(items)))
            rows += items
        keys = [(item.kind, item.id) for item in rows]
        changed = heads != self._groups
        self._groups = heads
        if keys == self._keys or self._moved_little(rows, keys):
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
        else:
            self.beginResetModel()
            self._rows = rows
            self._name(keys)
            self.endResetModel()
        if changed:
            self.groups_changed.emit()

    def _name(self, keys: list[Key]) -> None:
        self._keys, self._at = keys, dict(zip(keys, range(len(keys)), strict=True))

    def _moved_little(self, rows: list[OpenItem | Closed], keys: list[Key]) -> bool:
        """Take rows away and put rows in where only a few came or went; return whether that was all."""
        old, known = self._at, dict(zip(keys, range(len(keys)), strict=True))
        gone = [number for number, key in enumerate(self._keys) if key not in known]
        came = [number for number, key in enumerate(keys) if key not in old]
        if len(gone) + len(came) > _FEW:
            return False
        stay = [key for key in self._keys if key in known]
        if stay != [key for key in keys if key in old]:
            return False
        for number in reversed(gone):
            self.beginRemoveRows(QModelIndex(), number, number)
            del self._rows[number]
            self._name([*self._keys[:number], *self._keys[number + 1 :]])
            self.endRemoveRows()
        for number in came:
            self.beginInsertRows(QModelIndex(), number, number)
            self._rows.insert(number, rows[number])
            self._name([*self._keys[:number], keys[number], *self._keys[number:]])
            self.endInsertRows()
        return True

    def want(self, first: int, last: int) -> None:
        """Ask for the headlines of what is seen, and of a screen around it."""
        missing = [row.item for number in range(max(0, first - 10), last + 11)
                   if (row := self.row(number)) is not None and row.headline is None]  # fmt: skip
        if missing:
            self.wanted.emit(missing)

    def told(self, items: Sequence[OpenItem | Closed], found: Mapping[str, Headline]) -> None:
        """Take headlines that were read."""
        if len(self._headlines) > _REMEMBERED:
            self._headlines.clear()
        for item in items:
            if item.id in found:
                self._headlines[(item.kind, item.id), item.content] = found[item.id]
        for item in items:
            number = self.find((item.kind, item.id))
            if number is not None:
                self.dataChanged.emit(self.index(number), self.index(number))

    def row(self, number: int) -> Row | None:
        """Return a row, made when it is asked for: of very many few are seen."""
        if not 0 <= number < len(self._rows):
            return None
        item: OpenItem | Closed = self._rows[number]
        return Row(item, self._headlines.get(((item.kind, item.id), item.content)))

    def key(self, number: int) -> Key | None:
        """Return what names a row."""
        return self._keys[number] if 0 <= number < len(self._keys) else None

    def items(self) -> list[OpenItem | Closed]:
        """Return every item, in order."""
        return list(self._rows)

    def _words(self, row: Row) -> str:
        kind = {"approval": "Approval", "doubt": "In doubt", "handoff": "Handoff", "wait": "Question"}[row.item.kind]
        return f"{RISK_WORDS[row.risk]}. {kind}: {row.title}. {second_line(row.item)}"


RISK_WORDS = {Risk.HIGH: "High risk", Risk.MEDIUM: "Medium risk", Risk.LOW: "Low risk"}


def by_risk(items: Sequence[OpenItem]) -> Sequence[tuple[Group, Sequence[OpenItem]]]:
    """Return items that are in order as groups, the highest risk first."""
    held: dict[Risk, list[OpenItem]] = {level: [] for level in Risk}
    for item in items:
        held[risk_of(item)].append(item)
    titles = {level: QCoreApplication.translate("inbox", RISK_WORDS[level]) for level in Risk}
    return [(Group(titles[level], 0, "err" if level is Risk.HIGH else ""), held[level]) for level in Risk]


def by_day(items: Sequence[Closed], now: int, zone: str) -> Sequence[tuple[Group, Sequence[Closed]]]:
    """Return what was decided, newest first, as groups by day of the business time zone."""
    found: dict[str, list[Closed]] = {}
    today = words.local(now, zone).date()
    for item in items:
        at = words.local(item.at, zone).date()
        days = (today - at).days
        named = {0: QCoreApplication.translate("inbox", "Today"), 1: QCoreApplication.translate("inbox", "Yesterday")}
        found.setdefault(named.get(days) or words.calendar_day(at, year=at.year != today.year), []).append(item)
    return [(Group(title), held) for title, held in found.items()]
