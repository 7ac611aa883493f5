"""The verbs of the inbox as actions, buttons and keys: what can be done now, and what is asked before it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication

from console.models.inbox_bulk import why_not
from console.models.inbox_card import Card
from console.models.inbox_list import Row
from console.place import Place
from console.views.inbox.action_bar import Words
from console.views.inbox.asking import Asking
from console.views.inbox.spent_key import SpentKey
from storage.ids import now_us

if TYPE_CHECKING:
    from console.views.inbox.room import InboxRoom

Json = Any
_HELD_BY_ROOM = ("inbox.recommendation", "inbox.open_run")
"""Their keys, Space and Enter, belong to whatever has the keyboard; only what it leaves comes to the room."""


class Verbs(QObject):
    """Connects verbs to the room."""

    def __init__(self, room: InboxRoom) -> None:
        super().__init__(room)
        self._room = room
        self._words = Words(room.bar)
        self.asking = Asking(room, self)
        self._many: list[Row] = []
        room.bar.chosen.connect(self.choose)
        self.spent = SpentKey(room)
        room.bar.held_by_key.connect(self.spent.spend)
        slots = {
            "next": self._next, "previous": self._previous, "filter": room.list_pane.focus_filter,
            "approve": self.approve, "edit": self.edit, "reject": self.reject, "reply": self.reply,
            "hand_over": self.hand_over, "stop_run": self.stop_run, "open_run": self.open_run,
            "open_case": self.open_case, "recommendation": room.pane.toggle_recommendation, "mark": self._mark,
            "happened": self.happened, "did_not": self.did_not, "try_again": self.try_again,
            "needs_me": self._mine, "waiting": self._others, "decided": self._decided,
        }  # fmt: skip
        self._actions: dict[str, QAction] = {}
        for name, slot in slots.items():
            action = room.console.actions.q(f"inbox.{name}", room, slot)
            if action.objectName() in _HELD_BY_ROOM:
                action.setShortcut(QKeySequence())
            self._actions[name] = action
        room.installEventFilter(self)

    # -- what can be done now -----------------------------------------------------------------------------------------

    @property
    def card(self) -> Card | None:
        """The card that is shown, if it is the one that is current in the list."""
        card, row = self._room.pane.card, self._room.list_pane.list.current()
        if card is None or not isinstance(row, Row) or (row.item.kind, row.item.id) != (card.kind, card.id):
            return None
        return card

    def off(self, card: Card) -> str:
        """Return why nothing can be decided about a card, "" if something can."""
        if not card.open:
            return self.tr("It is decided, or no longer stands.")
        if card.kind == "approval" and card.due is not None and card.due <= now_us():
            return self.tr("It has expired.")
        return "" if card.may else self.tr("{0} decides this.").format(", ".join(card.for_))

    def refresh(self) -> None:
        """Offer what can be done with what is open, or with what is marked."""
        room, card = self._room, self._room.pane.card
        keys = room.list_pane.list.selected_keys()
        rows = (room.list_pane.rows.row(n) for n in range(room.list_pane.rows.rowCount())) if keys else ()
        self._many = [row for row in rows if row is not None and (row.item.kind, row.item.id) in keys]
        if self._many:
            why = why_not([row.item for row in self._many])
            room.bar.show_verbs(self._words.of_many(len(self._many), why), why)
        elif card is not None and room.tab == "decided" and card.ending is not None:
            room.bar.show_verbs(self._words.of_ended(card, (card.ending.effective_at or 0) > now_us()))
        elif card is not None:
            room.bar.show_verbs(self._words.of(card, self.off(card)))
        for name in ("approve", "edit", "reject", "reply", "hand_over", "stop_run", "happened", "did_not", "try_again"):
            self._actions[name].setEnabled(room.bar.can(name) or (name == "approve" and room.bar.can("decide")))
        # What must be held is held by its key; a shortcut would strike it at once.
        held = card is not None and card.irreversible and not self._many
        key = QKeySequence() if held else QKeySequence("A")
        self._actions["approve"].setShortcut(key)

    def choose(self, id_: str) -> None:
        """Do what a button says."""
        if id_ == "unmark":
            self._room.list_pane.list.clear_selection()
        elif id_ == "approve" and not self._many:
            self._approve_now()
        else:
            getattr(self, id_, self.refresh)()

    # -- verbs --------------------------------------------------------------------------------------------------------

    def approve(self) -> None:
        """Approve what is open or marked; a case that was handed over is decided."""
        card = self.card
        if self._many:
            if self._room.bar.can("approve"):
                self.asking.approve_many(self._many)
        elif card is not None and card.kind == "handoff":
            self.decide()
        elif card is not None and not card.irreversible:
            self._approve_now()

    def _approve_now(self) -> None:
        card = self.card
        if card is not None and self._room.bar.can("approve"):
            self._room.deciding.approve(card)

    def decide(self) -> None:
        """Say what came of a handed-over case."""
        if self.card is not None and self._room.bar.can("decide"):
            self.asking.decide(self.card)

    def edit(self) -> None:
        """Change the arguments."""
        if self.card is not None and self._room.bar.can("edit"):
            self.asking.edit(self.card)

    def reject(self) -> None:
        """Forbid it, with a reason."""
        if self._many and self._room.bar.can("reject"):
            self.asking.reject_many(self._many)
        elif self.card is not None and self._room.bar.can("reject"):
            self.asking.text(self.card, "reject")

    def reply(self) -> None:
        """Answer."""
        self._ask("reply")

    def hand_over(self) -> None:
        """Take the case."""
        self._ask("hand_over")

    def stop_run(self) -> None:
        """End the run."""
        self._ask("stop_run")

    def undo(self) -> None:
        """Take a decision back while it has not taken effect."""
        if self.card is not None:
            self._room.deciding.withdraw((self.card.kind, self.card.id))

    def happened(self) -> None:
        """Say that a write in doubt happened."""
        self._ask("happened")

    def did_not(self) -> None:
        """Say that it did not."""
        self._ask("did_not")

    def try_again(self) -> None:
        """Have it sent once more."""
        self._ask("try_again")

    def _ask(self, verb: str) -> None:
        if self.card is not None and self._room.bar.can(verb):
            self.asking.text(self.card, verb)

    def put_aside(self) -> None:
        """Close what is being typed; it is kept."""
        self.asking.close()

    def again(self, key: tuple[str, str], verb: str, message: str) -> None:
        """Open what was typed for something that was refused, with the reason."""
        self.asking.again(key, verb, message)

    # -- ways out -----------------------------------------------------------------------------------------------------

    def open_run(self) -> None:
        """Show the run's trace."""
        if self.card is not None:
            self._room.console.go(Place("live", "run", self.card.run))

    def open_case(self) -> None:
        """Show everything about the case."""
        if self.card is not None:
            self._room.console.go(Place("case", "case", self.card.case_id))

    def _next(self) -> None:
        self._room.list_pane.list.step(1)

    def _previous(self) -> None:
        self._room.list_pane.list.step(-1)

    def _mark(self) -> None:
        self._room.list_pane.list.mark()

    def _mine(self) -> None:
        self._room.open_tab("mine")

    def _others(self) -> None:
        self._room.open_tab("others")

    def _decided(self) -> None:
        self._room.open_tab("decided")

    def eventFilter(self, watched: QObject, event: Any) -> bool:
        """Take Space and Enter that nobody in the room wanted."""
        if event.type() == event.Type.KeyPress and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            typing = QApplication.focusWidget() in (self._room.list_pane.filter, self._room.composer.text)
            if event.key() == Qt.Key.Key_Space and not typing:
                self._room.pane.toggle_recommendation()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not typing:
                self.open_run()
                return True
        return False
