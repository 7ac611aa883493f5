"""The tab *Now*: the road, what the agent did pilot by pilot, who answers for it, and who published what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from console import words
from console.console import Console
from console.models.agents import AgentRow, PersonRow, PilotRow, agreed, people, pilot_rows, road
from console.models.rows import Group, HeldRows
from console.theme import paint
from console.theme.look import Look
from console.views.agents.parts import Panel
from console.views.agents.road import Road
from console.views.agents.running import Running
from console.widgets.avatar import paint_avatar
from console.widgets.button import Button
from console.widgets.label import Label
from console.widgets.paged_list import PagedList, RowState
from console.widgets.pill import paint_pill, pill_size
from console.widgets.scroll import Scroll
from storage.ids import now_us

Json = Any
_ROW, _PERSON = 52, 60
_NARROW = 820


class NowTab(Scroll):
    """Where an agent stands.

    Signals:
        pilot_opened: a pilot was opened (its id).
        compare_wanted: two versions are to be compared (older, newer; "" for the last two).
    """

    pilot_opened = Signal(object)
    compare_wanted = Signal(object, object)

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        look = console.look
        super().__init__(look, parent=parent)
        self._console, self._known = console, False
        self.running: dict[str, Running] = {}
        body = QWidget()
        self._zone = "UTC"
        self.road = Road(look)
        self.pilots = HeldRows(_pilot_key, self)
        self.pilots.words = self._pilot_words
        self.did = Panel(look, self.tr("What it did"))
        self.pilot_list = PagedList(look, self.pilots, self._paint_pilot, row_height=_ROW, name=self.tr("Pilots"))
        self.nothing = Label(
            look, self.tr("No pilot yet. Start one from a case file: nothing is sent in shadow."), "body", "dim"
        )
        self._under_way = QVBoxLayout()
        self.did.rows.addLayout(self._under_way)
        self.did.rows.addWidget(self.nothing)
        self.did.rows.addWidget(self.pilot_list)
        self.who = Panel(look, self.tr("Who answers"))
        self.who_rows = HeldRows(_person_key, self)
        self.who_rows.words = _person_words
        self.who_list = PagedList(look, self.who_rows, _paint_person, row_height=_PERSON, name=self.tr("People"))
        self.nobody = Label(
            look, self.tr("Nobody is named. Without an accountable person it stays a draft."), "body", "dim"
        )
        self.who.rows.addWidget(self.nobody)
        self.who.rows.addWidget(self.who_list)
        self.versions = Panel(look, self.tr("Versions"))
        self.compare = Button(look, self.tr("Compare"), key="D", kind="quiet", small=True)
        self.versions.head.addWidget(self.compare)
        self.version_rows = HeldRows(_version_key, self)
        self.version_rows.words = _version_words
        self.version_list = PagedList(
            look, self.version_rows, self._paint_version, row_height=_ROW, name=self.tr("Versions")
        )
        self.unpublished = Label(look, self.tr("No version was published."), "body", "dim")
        self.versions.rows.addWidget(self.unpublished)
        self.versions.rows.addWidget(self.version_list)
        self._right = QVBoxLayout()
        self._right.addWidget(self.who)
        self._right.addWidget(self.versions)
        self._right.addStretch(1)
        self._left = QVBoxLayout()
        self._left.addWidget(self.did)
        self._left.addStretch(1)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.addLayout(self._left, 66)
        self._columns.addLayout(self._right, 34)
        self._all = QVBoxLayout(body)
        self._all.addWidget(self.road)
        self._all.addLayout(self._columns)
        self._all.addStretch(1)
        self.setWidget(body)
        for each in (self.pilot_list, self.who_list, self.version_list):
            each.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pilot_list.activated.connect(self._opened)
        self.version_list.activated.connect(self._version_opened)
        self.compare.clicked.connect(self._compare)
        look.changed.connect(self.measure)
        self.measure()

    def measure(self) -> None:
        """Take up the look in force."""
        px = self.look.px
        self._all.setContentsMargins(px(32), px(24), px(32), px(24))
        self._all.setSpacing(px(24))
        self._columns.setSpacing(px(24))
        self._left.setSpacing(px(16))
        self._right.setSpacing(px(16))
        self._fit()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < self.look.px(_NARROW)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._columns.direction() != direction:
            self._columns.setDirection(direction)

    def _fit(self) -> None:
        for each, model, empty in (
            (self.pilot_list, self.pilots, self.nothing), (self.who_list, self.who_rows, self.nobody),
            (self.version_list, self.version_rows, self.unpublished),
        ):  # fmt: skip
            each.setFixedHeight(model.rowCount() * self.look.px(_PERSON if each is self.who_list else _ROW))
            each.setVisible(model.rowCount() > 0)
            known = self._known or empty is not self.nobody
            empty.setVisible(model.rowCount() == 0 and known)

    # -- content ----------------------------------------------------------------------------------------------

    def show_page(self, row: AgentRow, page: Mapping[str, Json]) -> None:
        """Show where an agent stands; agreement known before stays."""
        self._zone = page["time_zone"]
        self.road.show_stations(road(row, page, now_us()))
        known = {each.pilot: each for each in map(self.pilots.row, range(self.pilots.rowCount())) if each is not None}
        rows = [
            each._replace(agreement=known[each.pilot].agreement, compared=known[each.pilot].compared)
            if each.pilot in known else each
            for each in pilot_rows(page)
        ]  # fmt: skip
        self._run([each for each in rows if each.ended_at is None])
        self.pilots.put([(Group(), rows)])
        self.version_rows.put([(Group(), list(page["versions"]))])
        self.did.note.say(_sums(page["modes"]))
        self.compare.setVisible(self.version_rows.rowCount() > 1)
        self._fit()

    def _run(self, rows: list[PilotRow]) -> None:
        """Show a bar for each pilot under way."""
        for pilot in [pilot for pilot in self.running if pilot not in {row.pilot for row in rows}]:
            gone = self.running.pop(pilot)
            gone.hide()
            gone.setParent(None)
            gone.deleteLater()
        for row in rows:
            if row.pilot not in self.running:
                self.running[row.pilot] = Running(self._console, row)
                self._under_way.addWidget(self.running[row.pilot])

    def progress(self, state: Mapping[str, Json]) -> bool:
        """Show how far a pilot has come; return whether it is one of this agent's under way."""
        found = self.running.get(state["pilot"])
        if found is not None:
            found.show_state(state)
        return found is not None

    def show_job(self, job: Mapping[str, Json]) -> None:
        """Show whom the job names."""
        self.who_rows.put([(Group(), people(job))])
        self._known = True
        self._fit()

    def forget(self) -> None:
        """Show nobody: another agent comes."""
        self._known = False
        self.who_rows.put([])
        self.pilots.put([])
        self.version_rows.put([])
        self._run([])
        self._fit()

    def show_report(self, pilot: str, report: Mapping[str, Json]) -> None:
        """Add what a pilot's report says of agreement."""
        rows = [self.pilots.row(number) for number in range(self.pilots.rowCount())]
        self.pilots.put([(Group(), [agreed(each, report) if each.pilot == pilot else each for each in rows if each])])

    def without_report(self) -> list[str]:
        """Return the newest ended shadow pilots of which no agreement is shown."""
        rows = [self.pilots.row(number) for number in range(min(5, self.pilots.rowCount()))]
        return [each.pilot for each in rows if each and each.ended_at and not each.compared and each.mode == "shadow"]

    def _opened(self, row: PilotRow) -> None:
        self.pilot_opened.emit(row.pilot)

    def _compare(self) -> None:
        self.compare_wanted.emit("", "")

    def _version_opened(self, version: Mapping[str, Json]) -> None:
        number = self.version_rows.find(_version_key(version))
        earlier = None if number is None else self.version_rows.row(number + 1)
        self.compare_wanted.emit(earlier["version"] if earlier else "", version["version"])

    # -- painting ---------------------------------------------------------------------------------------------

    def _pilot_words(self, row: PilotRow) -> str:
        return f"{words.sign(words.MODE, row.mode).word} {words.day(row.started_at, self._zone)}, {_outcome(row)}"

    def _paint_pilot(self, painter: QPainter, look: Look, box: QRect, row: PilotRow | None, state: RowState) -> None:
        if row is None:
            return
        px = look.px
        _ground(painter, look, box, state)
        sign = words.sign(words.MODE, row.mode)
        middle = box.y() + box.height() / 2
        paint.icon(painter, look, QRect(box.x(), box.y(), px(16), box.height()), sign.icon, sign.meaning)
        left = box.x() + px(28)
        right_width = px(196) if row.agreement else px(120)
        top = QRectF(left, middle - look.line("body"), box.width() - px(28) - right_width, look.line("body"))
        title = self.tr("{0} pilot, {1}").format(
            sign.word, words.count(row.cases) + " " + (self.tr("case") if row.cases == 1 else self.tr("cases"))
        )
        used = paint.text(painter, look, top, title, "name", elide=True)
        if row.number:
            place = QRectF(left + used + px(8), top.y(), px(40), top.height())
            paint.text(painter, look, place, row.number, "mono.small", "dim")
        low = QRectF(left, middle + px(1), box.width() - px(28) - right_width, look.line("small"))
        when = words.day(row.started_at, self._zone)
        paint.text(painter, look, low, f"{when}  ·  {_outcome(row)}", "small", "dim", elide=True)
        right = QRectF(box.right() - right_width, top.y(), right_width, look.line("body"))
        below = QRectF(right.x(), low.y(), right_width, look.line("small"))
        if row.agreement:
            paint.text(painter, look, right, row.agreement, "mono.name", "text", "right")
            told = self.tr("agreement, n {0}").format(words.count(row.compared))
            paint.text(painter, look, below, told, "small", "dim", "right")
        elif row.ended_at is None:
            size = pill_size(look, self.tr("running"), "circle-dot")
            at = middle - size.height() / 2
            paint_pill(painter, look, box.right() - size.width(), at, self.tr("running"), "run", "circle-dot")
        else:
            lasted = words.duration(row.ended_at - row.started_at)
            paint.text(painter, look, right, lasted, "mono", "dim", "right")

    def _paint_version(
        self, painter: QPainter, look: Look, box: QRect, row: Mapping[str, Json] | None, state: RowState
    ) -> None:
        if row is None:
            return
        px = look.px
        _ground(painter, look, box, state)
        newest = self.version_rows.find(_version_key(row)) == 0
        middle = box.y() + box.height() / 2
        number = QRectF(box.x(), middle - look.line("body"), px(36), look.line("body"))
        paint.text(painter, look, number, f"v{row['number']}", "mono.strong" if newest else "mono", "text")
        left = box.x() + px(36)
        title = QRectF(left, number.y(), box.right() - left, number.height())
        paint.text(
            painter,
            look,
            title,
            change_words(row),
            "name" if newest else "body",
            "text" if newest else "dim",
            elide=True,
        )
        below = QRectF(left, middle + px(1), box.right() - left, look.line("small"))
        digest = row["version"][:8]
        wide = look.width(digest, "mono.small")
        who = f"{words.day(row['published_at'], self._zone)}  ·  {person_of(row['author'])}"
        paint.text(painter, look, below.adjusted(0, 0, -wide - px(8), 0), who, "small", "dim", elide=True)
        paint.text(painter, look, below, digest, "mono.small", "dim", "right")


def change_words(version: Mapping[str, Json]) -> str:
    """Return what a version changed in a few words."""
    changes = list(version["changes"])
    return ", ".join(changes) if changes else "–"


def person_of(actor: str) -> str:
    """Return who an actor is: a person's id, else as it is written."""
    return actor.removeprefix("person:")


def _outcome(row: PilotRow) -> str:
    parts = [
        f"{words.count(row.states[state])} {words.sign(words.STATE, state).word}"
        for state in ("finished", "handed_off", "failed", "stopped", "asking", "waiting", "running", "doubt")
        if row.states.get(state)
    ]  # fmt: skip
    if row.refused:
        parts.append(f"{words.count(row.refused)} rows refused")
    if row.cancelled:
        parts.append("cancelled")
    return ", ".join(parts) or "no case yet"


def _sums(modes: Mapping[str, Mapping[str, Json]]) -> str:
    parts = [
        f"{words.count(modes[mode]['started'])} {words.sign(words.MODE, mode).word.lower()}"
        for mode in ("shadow", "live")
        if mode in modes
    ]  # fmt: skip
    return ", ".join(parts)


def _ground(painter: QPainter, look: Look, box: QRect, state: RowState) -> None:
    wide = box.adjusted(-look.px(8), 0, look.px(8), 0)
    if state.hovered or state.focused:
        paint.fill(painter, look, wide, "hover")
    paint.rule(painter, look, box.x(), box.y(), box.width())
    if state.focused:
        paint.fill(painter, look, QRect(box.x() - look.px(8), box.y(), look.px(3), box.height()), "accent")
        paint.outline(painter, look, box, "accent", 4)


def _paint_person(painter: QPainter, look: Look, box: QRect, row: PersonRow | None, state: RowState) -> None:
    if row is None:
        return
    px = look.px
    _ground(painter, look, box, state)
    side = px(28)
    paint_avatar(painter, look, QRectF(box.x(), box.y() + (box.height() - side) / 2, side, side), row.person)
    left = box.x() + side + px(12)
    wide = box.right() - left
    high = paint.height_of(look, row.duties, "small", wide, 2)
    top = box.y() + (box.height() - look.line("body") - high) / 2
    paint.text(painter, look, QRectF(left, top, wide, look.line("body")), row.person, "name", elide=True)
    paint.paragraph(
        painter, look, QRectF(left, top + look.line("body"), wide, high), row.duties, "small", "dim", most=2
    )


def _pilot_key(row: PilotRow) -> str:
    return row.pilot


def _person_key(row: PersonRow) -> str:
    return row.person


def _person_words(row: PersonRow) -> str:
    return f"{row.person}, {row.duties}"


def _version_key(row: Mapping[str, Json]) -> str:
    return str(row["version"])


def _version_words(row: Mapping[str, Json]) -> str:
    return f"v{row['number']}, {change_words(row)}, {person_of(row['author'])}"
