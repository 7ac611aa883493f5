"""The inbox as a person meets it: a real store, a real engine, keys and buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from console.console import Console
from console.models.inbox_card import Card, Ending
from console.models.inbox_reading import Listed
from console.models.inbox_risk import in_order
from console.place import Place
from console.views.inbox import list_pane, room, verbs
from console.views.inbox.card_pane import CardPane
from console.views.inbox.room import InboxRoom
from console.views.room import News
from console.widgets.hold_button import HoldButton
from storage.queries import Queries, View, decisions, work
from tests.console.conftest import Loop, Went
from tests.console.inbox import cards
from tests.console.paint_log import grab
from tests.console.sample import Workspace

SIZES = ((1208, 724), (1368, 824), (1848, 1004))


@pytest.fixture
def inbox(console: Console, loop: Loop) -> Iterator[InboxRoom]:
    """The room on the sample's store, read."""
    console.reads.opened()
    made = InboxRoom(console)
    made.resize(1368, 824)
    made.show()
    made.enter(Place("inbox"))
    loop.until(lambda: made.pane.card is not None and made.verbs.card is not None, what="a card is shown")
    yield made
    made.leave()
    quiet(made, loop)
    made.close()
    made.deleteLater()


def quiet(made: InboxRoom, loop: Loop) -> None:
    """Wait until nothing is read any more."""
    loop.until(lambda: not made.lists.feed.busy and not made.console.tasks._running,
               what="nothing is read any more")  # fmt: skip


def open_kind(made: InboxRoom, loop: Loop, kind: str) -> Card:
    """Open the first row of a kind."""
    numbers = [n for n, item in enumerate(made.list_pane.rows.items()) if item.kind == kind]
    made.list_pane.list.set_current(numbers[0])
    loop.until(lambda: made.verbs.card is not None, what="its card is shown")
    assert made.pane.card is not None
    return made.pane.card


def press(made: QWidget, key: Qt.Key) -> None:
    focused: QWidget | None = made.focusWidget()
    QTest.keyClick(made if focused is None else focused, key)


def state_of(workspace: Workspace, approval: str) -> str:
    with Queries(workspace.store) as queries, queries.view() as view:
        return decisions.approval(view.connection, approval).state


def hear(made: InboxRoom) -> None:
    made.hear(News(1 << 40, frozenset(), frozenset(), all=True))


# -- looking ----------------------------------------------------------------------------------------------------------


def test_the_most_urgent_is_open_and_the_counts_are_those_of_the_store(inbox: InboxRoom, workspace: Workspace) -> None:
    card = inbox.pane.card
    assert card is not None
    assert card.kind == "doubt"
    assert (card.run, card.call) == workspace.doubt
    with Queries(workspace.store) as queries, queries.view() as view:
        handed = work.runs(view.connection, state="handed_off", mode="live", limit=1_000)
        open_ = decisions.approvals(view.connection, state="requested")
    assert inbox.lists.shelf.mine == len(handed) + len(open_) + 1
    assert [c.words for c in inbox.crumbs()] == ["In doubt", card.case]


def test_a_card_shows_what_will_be_sent_in_the_order_of_the_target(inbox: InboxRoom, loop: Loop) -> None:
    card = open_kind(inbox, loop, "approval")
    assert card.title.startswith("Book invoice ")
    assert {a.path for a in card.arguments} >= {"amount", "invoice", "iban", "supplier"}
    assert all(a.origin in ("record", "case") for a in card.arguments if a.path != "order_version")
    assert card.can_show_change
    assert card.changes
    assert card.rule == "above-the-limit"
    pane = inbox.pane
    tops = [part.mapTo(inbox, part.rect().topLeft()).y()
            for part in (pane.heading, pane.arguments, pane.changes, pane.grounds, pane.strip)]  # fmt: skip
    assert tops == sorted(tops)
    assert [one.verdict for one in card.evidence] == ["agrees"] * 3


def test_enter_opens_the_trace_and_c_the_case(inbox: InboxRoom, loop: Loop, went: Went) -> None:
    card = open_kind(inbox, loop, "approval")
    inbox.list_pane.list.setFocus()
    press(inbox, Qt.Key.Key_Return)
    inbox.verbs.open_case()
    loop.until(lambda: len(went) == 2)
    assert list(went) == [Place("live", "run", card.run), Place("case", "case", card.case_id)]


def test_keys_go_through_the_list_and_the_filter_finds(inbox: InboxRoom, loop: Loop) -> None:
    inbox.list_pane.list.setFocus()
    press(inbox, Qt.Key.Key_J)
    assert inbox.list_pane.list.current_number() == 1
    press(inbox, Qt.Key.Key_K)
    assert inbox.list_pane.list.current_number() == 0
    inbox.list_pane.filter.setText("above-the-limit")
    assert {item.about for item in inbox.list_pane.rows.items()} == {"above-the-limit"}
    inbox.list_pane.filter.setText("nothing like this")
    assert inbox.stack.currentWidget() is inbox.nothing
    inbox.list_pane.filter.clear()
    assert inbox.stack.currentWidget() is not inbox.nothing


def test_opened_evidence_counts_and_shows_its_content(inbox: InboxRoom, loop: Loop) -> None:
    open_kind(inbox, loop, "approval")
    first = inbox.pane.evidence.cards[0]
    height = first.heightForWidth(300)
    QTest.keyClick(first, Qt.Key.Key_Return)
    assert first.is_open
    assert first.heightForWidth(300) > height
    hear(inbox)
    quiet(inbox, loop)
    assert inbox.pane.evidence.cards[0] is first, "news leave what is open alone"


def test_decided_shows_who_when_and_why(inbox: InboxRoom, loop: Loop, workspace: Workspace) -> None:
    inbox.enter(Place("inbox", "approval", workspace.rejected))
    loop.until(lambda: inbox.pane.card is not None and inbox.pane.card.id == workspace.rejected)
    card = inbox.pane.card
    assert inbox.tab == "decided"
    assert card is not None
    assert card.ending is not None
    assert card.ending.choice == "reject"
    assert card.ending.note
    assert inbox.pane.ended.isVisibleTo(inbox)
    assert not inbox.bar.can("approve")
    assert inbox.bar.can("open_run")


# -- deciding ---------------------------------------------------------------------------------------------------------


def test_approve_leaves_at_once_advances_and_can_be_undone(
    inbox: InboxRoom, engine: Console, loop: Loop, workspace: Workspace
) -> None:
    card = open_kind(inbox, loop, "approval")
    before, number = inbox.lists.shelf.mine, inbox.list_pane.list.current_number()
    inbox.list_pane.list.setFocus()
    press(inbox, Qt.Key.Key_A)
    assert inbox.lists.shelf.mine == before - 1, "it leaves before the engine answered"
    assert inbox.list_pane.list.current_number() == number
    assert inbox.current_key() != ("approval", card.id)
    loop.until(lambda: state_of(workspace, card.id) == "decided")
    loop.until(lambda: any(toast.undoable for toast in engine.toasts.toasts) or engine.toasts._waiting)
    inbox.deciding.withdraw(("approval", card.id))
    loop.until(lambda: inbox.current_key() == ("approval", card.id), what="it is back and open")
    assert state_of(workspace, card.id) == "requested"


def test_a_rejection_needs_a_reason_and_the_agent_gets_it(
    inbox: InboxRoom, engine: Console, loop: Loop, workspace: Workspace
) -> None:
    card = open_kind(inbox, loop, "approval")
    inbox.verbs.reject()
    inbox.composer.send.click()
    assert inbox.composer.isVisible()
    assert inbox.composer.text.toPlainText() == ""
    inbox.composer.text.setPlainText("The order is not ours.")
    inbox.composer.send.click()
    loop.until(lambda: state_of(workspace, card.id) == "decided")
    with Queries(workspace.store) as queries, queries.view() as view:
        assert decisions.approval(view.connection, card.id).choice == "reject"
    loop.until(lambda: not inbox.drafts.text(("approval", card.id), "reject"))


def test_what_is_typed_survives_leaving_news_another_row_and_a_refusal(
    inbox: InboxRoom, engine: Console, loop: Loop, workspace: Workspace
) -> None:
    card = open_kind(inbox, loop, "approval")
    key = ("approval", card.id)
    inbox.verbs.reject()
    inbox.composer.text.setPlainText("Half a reas")
    hear(inbox)
    quiet(inbox, loop)
    assert inbox.composer.isVisible()
    inbox.list_pane.list.step(1)
    loop.until(lambda: inbox.verbs.card is not None and inbox.verbs.card.id != card.id)
    assert not inbox.composer.isVisible()
    inbox.list_pane.list.set_current_key(key)
    loop.until(lambda: inbox.verbs.card is not None and inbox.verbs.card.id == card.id)
    inbox.verbs.reject()
    assert inbox.composer.text.toPlainText() == "Half a reas"
    loop.run(engine.operations.stop(card.run))
    inbox.composer.send.click()
    loop.until(lambda: key not in inbox.lists.shelf.leaving, what="the refusal brings it back")
    assert inbox.drafts.text(key, "reject") == "Half a reas"
    assert inbox.remember()["drafts"]


def test_an_edit_is_checked_while_typed_shown_as_a_difference_and_sent(
    inbox: InboxRoom, engine: Console, loop: Loop, workspace: Workspace
) -> None:
    card = open_kind(inbox, loop, "approval")
    inbox.verbs.edit()
    assert not inbox.form.send.isEnabled(), "nothing was changed yet"
    amount = inbox.form.inputs["amount"]
    amount.setText("12,5")  # type: ignore[union-attr]
    assert inbox.form.rows["amount"].error
    assert not inbox.form.send.isEnabled()
    amount.setText("12.50")  # type: ignore[union-attr]
    assert [(c.path, c.becomes) for c in inbox.form.changes._rows] == [("amount", "12.50")]
    hear(inbox)
    quiet(inbox, loop)
    assert inbox.form.isVisible()
    assert not inbox.pane.arguments.isVisible()
    inbox.form.send.click()
    loop.until(lambda: state_of(workspace, card.id) == "decided")
    with Queries(workspace.store) as queries, queries.view() as view:
        assert decisions.approval(view.connection, card.id).choice == "edit"


def test_while_one_types_no_key_decides(inbox: InboxRoom, loop: Loop) -> None:
    card = open_kind(inbox, loop, "approval")
    inbox.verbs.edit()
    inbox.verbs.approve()
    assert ("approval", card.id) not in inbox.lists.shelf.leaving
    inbox.form.cancel.click()
    assert inbox.bar.can("approve")


def test_a_doubt_is_settled_with_how_one_knows(
    inbox: InboxRoom, engine: Console, loop: Loop, workspace: Workspace
) -> None:
    card = open_kind(inbox, loop, "doubt")
    inbox.verbs.choose("happened")
    inbox.composer.text.setPlainText("I looked into the ERP.")
    inbox.composer.send.click()

    def settled(view: View) -> bool:
        return decisions.doubts(view.connection, open_only=False, run=card.run)[0].verdict == "happened"

    loop.until(lambda: loop.run(engine.reads.ask(settled)))


def test_several_of_one_rule_are_approved_together_and_others_say_why_not(
    inbox: InboxRoom, engine: Console, loop: Loop, workspace: Workspace
) -> None:
    inbox.list_pane.list.setFocus()
    press(inbox, Qt.Key.Key_X)
    press(inbox, Qt.Key.Key_X)
    assert not inbox.bar.can("approve")
    assert "approvals" in inbox.bar.buttons["approve"].toolTip()
    inbox.list_pane.list.clear_selection()
    inbox.list_pane.filter.setText("above-the-limit")
    first = open_kind(inbox, loop, "approval")
    inbox.verbs._mark()
    second = inbox.current_key()
    inbox.verbs._mark()
    assert second is not None
    inbox.verbs.approve()
    for id_ in (first.id, second[1]):
        loop.until(lambda id_=id_: state_of(workspace, id_) == "decided")  # type: ignore[misc]


def test_what_ends_while_one_looks_says_so_and_its_buttons_are_off(
    inbox: InboxRoom, engine: Console, loop: Loop
) -> None:
    card = open_kind(inbox, loop, "approval")
    loop.run(engine.operations.stop(card.run))
    hear(inbox)
    loop.until(lambda: inbox.pane.card is not None and inbox.pane.card.ending is not None)
    assert inbox.current_key() == ("approval", card.id)
    assert not inbox.bar.can("approve")
    assert inbox.pane.ended.isVisible()
    inbox.list_pane.list.step(-1)
    loop.until(lambda: inbox.lists.shelf.ghost is None and inbox.list_pane.rows.find(("approval", card.id)) is None)


def test_what_somebody_else_decides_waits_and_cannot_be_decided_here(inbox: InboxRoom, loop: Loop) -> None:
    card = open_kind(inbox, loop, "approval")
    inbox.show_card(replace(card, may=False, for_=("chief",)))
    assert not inbox.bar.can("approve")
    assert inbox.bar.buttons["approve"].toolTip() == "chief decides this."


# -- how it looks -----------------------------------------------------------------------------------------------------


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the synthetic cards."""
    for module in (room, verbs, list_pane):
        monkeypatch.setattr(module, "now_us", lambda: cards.NOW)


def test_what_cannot_be_taken_back_is_held_and_its_advice_is_folded(
    inbox: InboxRoom, loop: Loop, still: None, settle: Callable[[], None]
) -> None:
    open_ = open_kind(inbox, loop, "approval")
    inbox.show_card(cards.payment(id=open_.id))
    settle()
    assert isinstance(inbox.bar.buttons["approve"], HoldButton)
    assert inbox.pane.recommendation.folded
    inbox.pane.toggle_recommendation()
    assert inbox.pane.recommendation.folded, "the evidence was not looked at"
    for card in inbox.pane.evidence.cards[:2]:
        card.toggle()
    inbox.pane.toggle_recommendation()
    assert not inbox.pane.recommendation.folded
    inbox.verbs.approve()
    assert ("approval", open_.id) not in inbox.lists.shelf.leaving, "a struck key does not approve it"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_or_faint_in_the_room(
    inbox: InboxRoom, loop: Loop, theme: str, size: tuple[int, int], settle: Callable[[], None]
) -> None:
    inbox.look.switch(theme)  # type: ignore[arg-type]
    inbox.resize(*size)
    for kind in ("approval", "doubt", "handoff"):
        open_kind(inbox, loop, kind)
        settle()
        assert grab(inbox).problems() == []


ENDED = Ending("reject", "person:ann", cards.NOW, None, True, "No.")


@pytest.mark.parametrize("card", [cards.payment(), cards.long_words(), cards.payment(ending=ENDED)])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_card_fits_with_long_words_and_large_letters(
    console: Console, card: Card, scale: float, settle: Callable[[], None]
) -> None:
    console.look.switch(scale=scale)
    pane = CardPane(console.look, "ann")
    holder = QWidget()
    holder.setPalette(console.look.palette())
    pane.setParent(holder)
    holder.resize(1000, 800)
    pane.setGeometry(0, 0, 1000, 800)
    pane.show_card(card, cards.NOW)
    holder.show()
    settle()
    problems = [p for p in grab(pane).problems() if "contrast" not in p]
    holder.close()
    holder.deleteLater()
    assert problems == []


@pytest.mark.parametrize("count", [0, 3, 10_000])
def test_it_holds_for_none_few_and_many(
    inbox: InboxRoom, loop: Loop, count: int, still: None, settle: Callable[[], None]
) -> None:
    quiet(inbox, loop)
    inbox.lists.shelf.listed = Listed(in_order(cards.many(count)), [], 0, 1)
    inbox.lists.show()
    assert inbox.list_pane.rows.rowCount() == count
    assert (inbox.stack.currentWidget() is inbox.nothing) == (count == 0)
    if count:
        inbox.list_pane.list.set_current(count - 1)
        settle()
        assert inbox.list_pane.list.current_number() == count - 1


def test_each_control_has_a_name(inbox: InboxRoom, loop: Loop) -> None:
    open_kind(inbox, loop, "approval")
    nameless = []
    for widget in inbox.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            named = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
            if not named:
                nameless.append(widget)
    assert nameless == []


def test_it_remembers_tab_filter_and_selection(inbox: InboxRoom, console: Console, loop: Loop) -> None:
    card = open_kind(inbox, loop, "approval")
    inbox.list_pane.filter.setText("above")
    kept = dict(inbox.remember())
    other = InboxRoom(console)
    other.recall(kept)
    other.show()
    other.enter(Place("inbox"))
    loop.until(lambda: other.current_key() == ("approval", card.id))
    assert other.list_pane.filter.text() == "above"
    other.leave()
    quiet(other, loop)
    other.close()
    other.deleteLater()
