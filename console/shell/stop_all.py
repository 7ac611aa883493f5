"""Stop all: what it stops, held and with a reason; then how far it has come; later, letting work begin again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console import words
from console.confirm import Confirm
from console.console import Console
from console.dialogs import Dialog
from console.shell.containment import Answers, Ring, answers
from storage.errors import CentaurError, StoreError
from storage.ids import new_id
from storage.queries import View
from storage.queries.standing import named_open_runs

_LOOK_MS = 250
ANSWER_S = 3.0
"""Seconds that the engine has to take a stop in, before it is stopped without it."""
Runs = Sequence[tuple[str, str, str]]


def covered_runs(view: View) -> Runs:
    """Return (run, the case's name, agent) of every run that a stop of everything covers."""
    return named_open_runs(view.connection)


class ContainmentDialog(Dialog):
    """How far a stop has come. It can be closed at any time: the stop stands until it is lifted.

    Answers "lift" if work shall begin again.
    """

    def __init__(self, console: Console, host: QWidget, kill: str, runs: Runs, since: int) -> None:
        super().__init__(console.look, host, "", icon="octagon-x", meaning="err", width=560, name="Stopped")
        self._console, self._kill, self._runs, self._since = console, kill, runs, since
        self.ring, self.answers_list = Ring(console.look), Answers(console.look)
        row = QHBoxLayout()
        row.setSpacing(console.look.px(20))
        row.addWidget(self.ring)
        self.about = self.say("")
        row.removeWidget(self.about)
        row.addWidget(self.about, 1)
        self.body.addLayout(row)
        self.body.addWidget(self.answers_list)
        self.lift = self.answer(self.tr("Let it run again"), "lift", icon="lock-open")
        self.answer(self.tr("Close"), None, key="Esc", kind="primary")
        self.contained = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look_again)
        self._looking: asyncio.Task[None] | None = None

    def open(self) -> asyncio.Future[object]:  # type: ignore[override]
        """Show it and look until everything is contained."""
        self._timer.start()
        return super().open()

    def first_focus(self) -> QWidget:
        """Return the dialog itself: the Space that was held to order the stop must not press a button of this one."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return self

    def done(self, code: int) -> None:
        """Close it."""
        self._timer.stop()
        super().done(code)

    def look_again(self) -> None:
        """Ask how far it has come, unless that is being asked."""
        if self._looking is None or self._looking.done():
            self._looking = self._console.tasks.start(self._look(), "how far the stop has come")

    async def _look(self) -> None:
        try:
            found = await self._console.engine.perform("kill.state", {"kill": self._kill})
        except CentaurError as error:
            self.about.say(f"{error.message} {error.hint or ''}", "err")
            return
        if found["kills"] and self.isVisible():
            self.show_state(found["kills"][0])

    def show_state(self, state: Mapping[str, Any]) -> None:
        """Show an answer of the engine."""
        covered = answers(self._runs, state)
        self.ring.show_covered(covered)
        self.answers_list.show_covered(covered)
        self.contained = bool(state.get("contained"))
        if self.contained:
            self._timer.stop()
            self.heading.say(self.tr("Everything has stopped"))
            said = self.tr("Every run has acknowledged. No call starts until you let work begin again.")
        else:
            self.heading.say(self.tr("Stopping everything"))
            said = self.tr("No new call starts. Runs acknowledge at their next step; what was sent already still ends.")
            if not state.get("unacknowledged"):
                said = self.tr(
                    "Every run has acknowledged. Nobody knows yet how what was sent before the stop ended: "
                    "the Inbox lists it as in doubt."
                )
        self.about.say(said)
        self.setAccessibleDescription(said)
        self._place()


async def stop_all(console: Console, host: QWidget, running: int, waiting: int, now: int, runs: Runs) -> None:
    """Ask whether everything shall stop and why; order it; show how far it comes."""
    dialog = Confirm(
        console.look, host, _said("Stop everything"), _what_stops(running, waiting), _said("Hold to stop all"),
        kind="danger", icon="octagon-x", meaning="err", hold=True,
        reason_label=_said("Why? Kept with the event"), placeholder=_said("For example: wrong account in a mail"),
    )  # fmt: skip
    reason = await dialog.open()
    if not isinstance(reason, str):
        return
    command = new_id("cmd")
    ordered = console.operations.stop_all(reason, command_id=command)
    answered, _ = await asyncio.wait({ordered}, timeout=ANSWER_S)
    if not answered:
        without_the_engine(console, command, reason)
    state = await ordered
    await show_containment(console, host, str(state["kill"]), runs, now, state)


def without_the_engine(console: Console, command: str, reason: str) -> None:
    """Stop everything though the engine hangs: the kill file stands at once, an engine of ours is ended and begun anew.

    The file and the order that the next engine takes up are one kill: its id follows from the command's.
    """
    from agents.engine.receipt import derived_id
    from storage.events.safety import KillScope
    from storage.kill_file import KillFile, KillNote

    note = KillNote(derived_id("kill", command), KillScope.ALL, None, console.you, reason)
    told = _said("The engine does not answer. The stop stands without it: no call starts any more.")
    try:
        KillFile(console.reads.store).write(note)
    except StoreError as error:
        told = str(error)
    ended = console.engine.end_hanging()
    console.toasts.error(
        told,
        _said("It was ended and is started again; what was sent before is shown as in doubt.")
        if ended
        else _said("Another program runs that engine: end it there if it stays silent."),
    )


async def show_containment(
    console: Console, host: QWidget, kill: str, runs: Runs, since: int, state: Mapping[str, Any] | None = None
) -> None:
    """Show how far a stop has come; if the person wants, ask why work may begin again, and lift it."""
    dialog = ContainmentDialog(console, host, kill, runs, since)
    if state is not None:
        dialog.show_state(state)
    else:
        dialog.look_again()
    if await dialog.open() == "lift":
        await lift(console, host, kill)


async def lift(console: Console, host: QWidget, kill: str) -> None:
    """Ask why work may begin again and lift a stop."""
    dialog = Confirm(
        console.look, host, _said("Let work begin again"),
        _said("Runs that were stopped stay ended; new ones may start and act from now on."),
        _said("Let it run again"), icon="lock-open", reason_label=_said("Why may work begin again?"),
    )  # fmt: skip
    reason = await dialog.open()
    if isinstance(reason, str):
        await console.operations.lift_kill(kill, reason)
        console.toasts.tell(_said("The stop is lifted: work may begin again."), icon="lock-open")


def _said(text: str) -> str:
    return QCoreApplication.translate("StopAll", text)


def _what_stops(running: int, waiting: int) -> str:
    if not running and not waiting:
        return _said("Nothing is being worked now. No run starts and nothing is sent until you lift it.")
    waits = words.counted(waiting, _said("run waits"), _said("runs wait"))
    counts = waits
    if running:
        counts = words.counted(running, _said("run is worked now"), _said("runs are worked now"))
        if waiting:
            more = words.counted(waiting, _said("waits"), _said("wait"))
            counts = words.listed([counts, more])
    return _said("{0}. All of them end: no call starts after this, what was sent already still ends.").format(counts)
