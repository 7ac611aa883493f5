"""What is asked before a verb is done: a reason, an answer, a note, or other arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.models.inbox_card import Card
from console.models.inbox_list import Row
from console.operations import Verdict
from console.views.inbox.decide_form import Decision
from console.views.inbox.deciding import Chosen
from storage.queries import View, decisions

if TYPE_CHECKING:
    from console.views.inbox.room import InboxRoom

Json = Any
_VERDICTS: dict[str, Verdict] = {"happened": "happened", "did_not": "did_not", "try_again": "try_again"}


class Asking(QObject):
    """The composer below the card and the form within it, and for what they are open."""

    def __init__(self, room: InboxRoom, parent: QObject) -> None:
        super().__init__(parent)
        self._room = room
        self._verb = ""
        self._card: Card | None = None
        self._refused: tuple[tuple[str, str], str, str] | None = None
        self._many: Sequence[Row] = ()
        room.composer.sent.connect(self._sent)
        room.composer.cancelled.connect(self._cancelled)
        room.composer.typed.connect(self._typed)
        room.form.sent.connect(self._edited)
        room.form.cancelled.connect(self._cancelled)
        room.form.typed.connect(self._form_typed)
        room.decide_form.sent.connect(self._decided)
        room.decide_form.cancelled.connect(self._cancelled)
        room.decide_form.typed.connect(self._form_typed)

    def outdated(self) -> None:
        """What is typed here can no longer be sent; it stays to be read and copied, and says so."""
        self._room.composer.outdate(self.tr("It was decided meanwhile: this was not sent."))

    @property
    def typing(self) -> bool:
        """Whether a text stands in the composer that was not sent."""
        return bool(self._verb) and self._room.composer.isVisibleTo(self._room) and bool(
            self._room.composer.text.toPlainText().strip()
        )  # fmt: skip

    @property
    def open(self) -> bool:
        """Whether something is being typed."""
        return bool(self._verb)

    def text(self, card: Card, verb: str) -> None:
        """Ask for the text of a verb."""
        self.close()
        self._card, self._verb = card, verb
        kept = self._room.drafts.text((card.kind, card.id), verb)
        title, send, hint, required = self._words(card, verb)
        danger = verb in ("reject", "stop_run", "try_again")
        self._room.bar.hide()
        self._room.composer.ask(title, send, hint, kept, required, danger=danger)

    def _words(self, card: Card, verb: str) -> tuple[str, str, str, str]:
        tr = self.tr
        kept = tr("Kept with the decision.")
        table = {
            "reject": (tr("Reject: why?"), tr("Reject"), tr("The agent reads this."),
                       tr("Say why: the agent reads it and does better next time.")),
            "reply": (tr("Answer the agent"), tr("Send the answer"), tr("The agent reads this instead of a decision."),
                      tr("Write an answer first.")),
            "hand_over": (tr("Hand {0} to yourself").format(card.case), tr("Take it over"),
                          tr("The run ends; its case is yours. A reason may help others."), ""),
            "stop_run": (tr("Stop the run of {0}").format(card.case), tr("Stop the run"),
                         tr("What was already sent still ends and is noted. A reason may help others."), ""),
            "happened": (tr("It happened: how do you know?"), tr("It happened"), kept, ""),
            "did_not": (tr("It did not happen: how do you know?"), tr("It did not"), kept, ""),
            "try_again": (tr("Send it once more: how do you know that it is safe?"), tr("Send it again"),
                          tr("It is sent a second time. If it happened already, it happens twice."),
                          tr("Say how you know: if it happened already, it happens twice.")),
        }  # fmt: skip
        title, send, hint, required = table[verb]
        if card.kind == "wait" and verb == "reply":
            return tr("Your answer"), send, tr("The run goes on with it."), required
        return title, send, hint, required

    def edit(self, card: Card) -> None:
        """Ask for other arguments."""
        self.close()
        self._card, self._verb = card, "edit"
        self._room.bar.hide()
        self._room.pane.set_editing(True)
        self._room.form.ask(card.schema, card.values, self._room.drafts.fields((card.kind, card.id)))

    def decide(self, card: Card) -> None:
        """Ask what came of a handed-over case; what the agent recommends stands there where it may lead."""
        self.close()
        self._card, self._verb = card, "decide"
        found = card.handoff
        offers = found.proposed if found is not None and self._room.pane.recommends else None
        self._room.bar.hide()
        self._room.decide_form.ask(
            card.schema, found.options if found and self._room.pane.recommends else (), offers[1] if offers else {},
            self._room.drafts.fields((card.kind, card.id), "decide"),
        )  # fmt: skip
        self._room.pane.reveal(self._room.decide_form)

    def approve_many(self, rows: Sequence[Row]) -> None:
        """Approve each, exactly as the store has it now."""
        self._room.console.tasks.start(self._approve(list(rows)), "inbox approve several")

    async def _approve(self, rows: list[Row]) -> None:
        ids = [row.item.id for row in rows]

        def bindings(view: View) -> dict[str, str]:
            return {id_: decisions.approval(view.connection, id_).binding for id_ in ids}

        found = await self._room.console.reads.ask(bindings)
        self._room.list_pane.list.clear_selection()
        self._room.deciding.approve_all([_chosen(row, found[row.item.id]) for row in rows])

    def reject_many(self, rows: Sequence[Row]) -> None:
        """Ask for one reason for all."""
        self.close()
        self._many, self._verb = list(rows), "reject"
        self._room.bar.hide()
        title = self.tr("Reject {0} requests: why?").format(len(rows))
        why = self.tr("Say why: the agent reads it and does better next time.")
        self._room.composer.ask(title, self.tr("Reject {0}").format(len(rows)), self.tr("Each agent reads this."),
                                self._room.drafts.text(("", "many"), "reject"), why, danger=True)  # fmt: skip

    def close(self) -> None:
        """Put away what is open; what was typed is kept."""
        if not self._verb:
            return
        self._verb, self._card, self._many = "", None, ()
        self._room.composer.hide()
        self._room.form.hide()
        self._room.decide_form.hide()
        self._room.bar.show()
        self._room.verbs.refresh()
        self._room.pane.set_editing(False)
        self._room.list_pane.list.setFocus()

    def again(self, key: tuple[str, str], verb: str, message: str) -> None:
        """Open it again with what was typed and why it was refused, as soon as its card is shown."""
        self._refused = (key, verb, message)
        if self._room.pane.card is not None:
            self.shown(self._room.pane.card)

    def shown(self, card: Card) -> None:
        """A card is shown: what was refused about it is opened again."""
        if self._refused is None or self._refused[0] != (card.kind, card.id):
            return
        (key, verb, message), self._refused = self._refused, None
        if not card.open:
            return
        if verb == "edit":
            self.edit(card)
            self._room.form.complain(message)
        elif verb == "decide":
            self.decide(card)
            self._room.decide_form.complain(message)
        elif self._room.drafts.text(key, verb):
            self.text(card, verb)
            self._room.composer.complain(message)

    def _about(self) -> tuple[str, str]:
        return ("", "many") if self._card is None else (self._card.kind, self._card.id)

    def _typed(self, text: str) -> None:
        if self._verb:
            self._room.drafts.keep(self._about(), self._verb, text)

    def _form_typed(self, texts: Json) -> None:
        if self._verb:
            self._room.drafts.keep(self._about(), self._verb, texts)

    def _cancelled(self) -> None:
        self.close()

    def _sent(self, text: str) -> None:
        card, verb, many, deciding = self._card, self._verb, self._many, self._room.deciding
        self.close()
        if many:
            self._room.drafts.forget(("", "many"), "reject")
            self._room.list_pane.list.clear_selection()
            deciding.reject_all([_chosen(row) for row in many], text)
        elif card is not None and (verdict := _VERDICTS.get(verb)):
            deciding.resolve(card, verdict, text)
        elif card is not None:
            getattr(deciding, verb)(card, text)

    def _edited(self, arguments: Json) -> None:
        card = self._card
        self.close()
        if card is not None:
            self._room.deciding.edit(card, arguments)

    def _decided(self, decision: Decision) -> None:
        card = self._card
        self.close()
        if card is not None:
            self._room.deciding.decide(card, decision)


def _chosen(row: Row, binding: str = "") -> Chosen:
    return Chosen((row.item.kind, row.item.id), row.title, binding)
