"""What a person can do with the open run, by button and by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from console.console import Console
from console.place import Place
from console.views.live.header import Header
from console.views.live.open_run import OpenRun
from console.views.live.output import Output
from storage.queries.live import open_request


class Verbs(QObject):
    """Pause, say, take over, stop; go to the case, go to what waits for a decision."""

    def __init__(
        self, console: Console, header: Header, output: Output, run: OpenRun, give: Callable[[QWidget], None]
    ) -> None:
        super().__init__(header)
        self._console, self._output, self._run, self._give = console, output, run, give
        for button, slot in ((header.pause, self.pause), (header.say, self.say), (header.take_over, self.take_over),
                             (header.stop, self.stop), (header.decide, self.open_approval)):  # fmt: skip
            button.clicked.connect(slot)

    def table(self) -> Sequence[tuple[str, Callable[[], None]]]:
        """Return the ids of the actions (without the room) and what they do."""
        return (("pause", self.pause), ("say", self.say), ("take_over", self.take_over), ("stop", self.stop),
                ("open_case", self.open_case), ("open_approval", self.open_approval))  # fmt: skip

    def pause(self) -> None:
        """Halt the run before its next step, or let it go on."""
        if self._run.head is not None and self._run.going_on:
            verbs = self._console.operations
            (verbs.resume if self._run.head.record.state == "paused" else verbs.pause)(self._run.id)

    def say(self) -> None:
        """Go to the field to say something."""
        if self._run.going_on:
            self._give(self._output.field)

    def take_over(self) -> None:
        """Give the case to the person who acts."""
        if self._run.going_on:
            self._console.operations.take_over(self._run.id)

    def stop(self) -> None:
        """End the run."""
        if self._run.going_on:
            self._console.operations.stop(self._run.id)

    def open_case(self) -> None:
        """Go to the run's case."""
        if self._run.head is not None:
            self._console.go(Place("case", "case", self._run.head.record.case_id))

    def open_approval(self) -> None:
        """Go to what waits for a decision."""
        if self._run.id:
            self._console.tasks.start(self._go_approval(self._run.id), "open the approval")

    async def _go_approval(self, run: str) -> None:
        found = await self._console.reads.ask(lambda view: open_request(view.connection, run))
        if found is not None:
            self._console.go(Place("inbox", "approval", found))
