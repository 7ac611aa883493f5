"""The page of one case."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console import words
from console.confirm import confirm
from console.console import Console
from console.models.case import Entry, Story, story
from console.news import News
from console.place import Place
from console.views.case.detail import Detail
from console.views.case.header import Header
from console.views.case.timeline import Timeline
from console.views.room import Crumb, Room
from console.widgets.banner import Banner
from console.widgets.empty_state import EmptyState
from console.widgets.split import Split
from storage.errors import BadInput, CentaurError, NotFound
from storage.ids import now_us
from storage.queries import View
from storage.queries.case_page import KnownCopy, copies, history

_SIZES = (860, 420)
_MOST_COPIES = 6


def read(view: View, *, case: str, you: str) -> Story:
    """Return a case's story as one moment of the store shows it. Raises NotFound."""
    return story(history(view.connection, case, view.seq), you)


def read_copies(view: View) -> tuple[KnownCopy, ...]:
    """Return the backups that were made."""
    return copies(view.connection)


class CaseRoom(Room):
    """Everything about a case on one timeline, and what is known of the chosen entry."""

    id = "case"
    title = "Case"
    icon = "file-text"

    def __init__(self, console: Console, parent: QWidget | None = None) -> None:
        super().__init__(console, parent)
        look = console.look
        self._case = ""
        self._story: Story | None = None
        self._here = self._stale = self._reading = False
        self.header = Header(look)
        self.banner = Banner(look, "shadow", self.tr("Shadow"), self.tr(
            "No run of this case could act: what is shown here was proposed, and nothing of it was sent."
        ))  # fmt: skip
        self.timeline = Timeline(look, self.tr("What happened"))
        self.detail = Detail(console)
        self.split = Split(look)
        self.split.addWidget(self.timeline)
        self.split.addWidget(self.detail)
        self.split.setStretchFactor(0, 1)
        self.split.setSizes([look.px(size) for size in _SIZES])
        self.empty = EmptyState(look, "file-text", self.tr("Choose a case"), self.tr(
            "A case is opened from the Inbox or from Live with C, or by its name with Ctrl K."
        ), self.tr("Go to Live"))  # fmt: skip
        self.empty.acted.connect(self._go_live)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.header, self.banner):
            column.addWidget(part)
        column.addWidget(self.split, 1)
        column.addWidget(self.empty, 1)
        self.timeline.current_changed.connect(self.detail.show_entry)
        self.timeline.activated.connect(self._open)
        self.detail.opened.connect(self._open_current)
        self.header.erase.connect(self.erase)
        console.actions.q("case.open_run", self.detail, self._open_current)
        self._show_parts()

    # -- a room -------------------------------------------------------------------------------------------------

    def enter(self, place: Place) -> None:
        self._here = True
        if place.id and place.id != self._case:
            self._case, self._story = place.id, None
            self.timeline.clear()
            self.detail.show_entry(None)
            self._stale = True
            self._show_parts()
        self.timeline.setFocus()
        self._refresh()

    def leave(self) -> None:
        self._here = False

    def hear(self, news: News) -> None:
        shown = self._story
        ours = shown is None or bool(shown.names & set(news.runs))
        if news.all or ours or {"run.started", "outcome.received", "blob.erased"} & set(news.kinds):
            self._stale = True
            self._refresh()

    def crumbs(self) -> Sequence[Crumb]:
        return (Crumb(self._story.head.title),) if self._story is not None else ()

    def hints(self) -> Sequence[tuple[str, str]]:
        return (("J", self.tr("next")), ("K", self.tr("previous")), ("Enter", self.tr("open the run")))

    def remember(self) -> Mapping[str, object]:
        return {"case": self._case, "sizes": self.split.sizes()}

    def recall(self, remembered: Mapping[str, object]) -> None:
        case, sizes = remembered.get("case"), remembered.get("sizes")
        if isinstance(case, str):
            self._case, self._stale = case, bool(case)
        if isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(size, int) and size > 0 for size in sizes):
            self.split.setSizes(sizes)

    # -- reading ------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        if self._here and self._case and self._stale and not self._reading:
            self._reading = True
            self.console.tasks.start(self._read(), "reading a case")

    async def _read(self) -> None:
        """Read until nothing newer is wanted; one question at a time, however much news comes."""
        try:
            while self._stale and self._here:
                self._stale, case = False, self._case
                try:
                    found = await self.console.reads.ask(functools.partial(read, case=case, you=self.console.you))
                except (BadInput, NotFound) as error:
                    if case == self._case:
                        self._not_found(error)
                    continue
                if case == self._case:
                    self._show(found)
                await asyncio.sleep(0.25 if self._stale else 0)
        finally:
            self._reading = False

    def _show(self, found: Story) -> None:
        self._story = found
        now = now_us()
        self.header.say(found, now)
        self.timeline.show_story(found, now)
        self.detail.show_entry(self.timeline.current())
        self._show_parts()
        self.crumbs_changed.emit(self.crumbs())

    def _not_found(self, error: CentaurError) -> None:
        self._case, self._story = "", None
        self._show_parts()
        self.empty.say(self.tr("This case cannot be shown"), f"{error.message} {error.hint or ''}".strip())

    def _show_parts(self) -> None:
        shown = self._story is not None
        self.header.setVisible(shown)
        self.split.setVisible(shown)
        self.banner.setVisible(self._story is not None and self._story.head.mode not in ("", "live"))
        self.empty.setVisible(not self._case)

    # -- doing --------------------------------------------------------------------------------------------------

    def _open(self, entry: Entry) -> None:
        if entry.place is not None:
            self.console.go(entry.place)

    def _open_current(self) -> None:
        entry = self.timeline.current()
        if isinstance(entry, Entry):
            self._open(entry)

    def _go_live(self) -> None:
        self.console.go(Place("live"))

    def erase(self) -> None:
        """Ask whether the case shall be erased, and have it erased."""
        if self._story is not None and not self._story.head.erased:
            self.console.tasks.start(self._erase(self._story), "erasing a case")

    async def _erase(self, shown: Story) -> None:
        known = await self.console.reads.ask(read_copies)
        reason = await confirm(
            self.console.look, self, self.tr("Erase the personal data of this case?"), self._what(shown, known),
            self.tr("Hold to erase for good"), kind="danger", icon="trash-2", meaning="err",
            reason_label=self.tr("Reason"), hold=True,
            placeholder=self.tr("Kept in the ledger for good, so it names nobody"),
        )  # fmt: skip
        if not reason:
            return
        done = await self.console.operations.command("case.erase", case=shown.head.case, reason=reason)
        left = sum(1 for copy in done["copies"] if copy["there"])
        texts = words.counted(done["erased"], self.tr("text was erased"), self.tr("texts were erased"))
        held = words.counted(left, self.tr("copy holds it"), self.tr("copies hold it"))
        told = (
            self.tr("{copies} still; delete them.").format(copies=held) if left else self.tr("No known copy holds it.")
        )
        self.console.toasts.tell(f"{texts}. {told}", icon="trash-2", meaning="shadow")
        self._stale = True
        self._refresh()

    def _what(self, shown: Story, known: tuple[KnownCopy, ...]) -> str:
        text = self.tr(
            "What {title} says, its id elsewhere, its outcome and what its runs wrote of it are erased. This cannot be "
            "undone. The events stay, so that the ledger can still be verified."
        ).format(title=shown.head.title)
        if not known:
            return f"{text}\n\n" + self.tr("No backup of this store is known.")
        named = [
            f"{copy.path or self.tr('(place erased)')} ({words.day_and_clock(copy.made_at, shown.zone)})"
            for copy in known[:_MOST_COPIES]
        ]
        if len(known) > _MOST_COPIES:
            named.append(self.tr("and {n} more").format(n=len(known) - _MOST_COPIES))
        return f"{text}\n\n" + self.tr("These backups hold it still; delete them yourself:") + "\n" + "\n".join(named)
