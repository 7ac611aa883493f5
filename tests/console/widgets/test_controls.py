"""Each control does by mouse and by keyboard what it says, and nothing when it is off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from console.theme.look import Look, Theme
from console.widgets.avatar import initials
from console.widgets.banner import Banner
from console.widgets.button import Button, IconButton
from console.widgets.card import Pane
from console.widgets.check import Check
from console.widgets.chip import Chip
from console.widgets.combo import Combo
from console.widgets.empty_state import EmptyState
from console.widgets.field import Field
from console.widgets.flow import Flow
from console.widgets.form import FormRow
from console.widgets.hold_button import HoldButton
from console.widgets.label import Label
from console.widgets.motion import Motion
from console.widgets.progress import ProgressBar
from console.widgets.scroll import Scroll
from console.widgets.segmented import Segmented
from console.widgets.split import Split
from console.widgets.switch import Switch
from console.widgets.tabs import Tabs
from console.widgets.text_area import TextArea
from tests.console.paint_log import grab

LEFT = Qt.MouseButton.LeftButton


class Heard(QObject):
    """Keeps what a signal said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[object] = []

    def hear(self, *what: object) -> None:
        self.said.append(what[0] if what else None)


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[[QWidget], QWidget]:
    """Put a widget on the screen, active, so that it can have the keyboard."""

    def show(widget: QWidget) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(max(widget.sizeHint().width(), 320), max(widget.sizeHint().height(), 40))
        widget.show()
        widget.activateWindow()
        qtbot.waitUntil(widget.isActiveWindow)
        return widget

    return show


Shown = Callable[[QWidget], QWidget]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_button_is_pressed_by_keys(look: Look, shown: Shown, key: Qt.Key) -> None:
    button, heard = Button(look, "Edit", icon="pencil", key="E"), Heard()
    button.clicked.connect(heard.hear)
    shown(button)
    QTest.keyClick(button, key)
    assert len(heard.said) == 1


def test_a_button_that_is_off_does_nothing_and_shows_a_lock(look: Look, shown: Shown) -> None:
    button, heard = Button(look, "Ask for canary", icon="fingerprint"), Heard()
    button.clicked.connect(heard.hear)
    before = button.sizeHint()
    button.setEnabled(False)
    shown(button)
    QTest.mouseClick(button, LEFT)
    button.click()
    assert heard.said == []
    assert button.sizeHint() == before


def test_a_button_says_its_words_as_they_are(look: Look) -> None:
    button = Button(look, "Copy & paste", key="C")
    assert button.label == button.accessibleName() == "Copy & paste"
    assert "C" in button.accessibleDescription()
    assert button.shortcut().isEmpty()


def test_the_ring_is_shown_for_the_keyboard_only(look: Look, shown: Shown) -> None:
    page = Pane(look)
    row = QVBoxLayout(page)
    one, other = Button(look, "One"), Button(look, "Other")
    row.addWidget(one)
    row.addWidget(other)
    shown(page)

    def ringed(button: Button) -> bool:
        image = button.grab().toImage()
        return image.pixelColor(image.width() // 2, 1) == look.colour("accent")

    other.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not ringed(other)
    other.clearFocus()
    other.setFocus(Qt.FocusReason.TabFocusReason)
    assert ringed(other)


def test_an_icon_button_has_a_name(look: Look) -> None:
    button = IconButton(look, "search", "Find in this run")
    assert button.accessibleName() == button.toolTip() == "Find in this run"
    assert button.sizeHint() == QSize(32, 32)


def test_holding_takes_its_time_by_mouse_and_by_key(look: Look, shown: Shown, qtbot: QtBot) -> None:
    button = HoldButton(look, "Hold to approve", key="A")
    shown(button)
    with qtbot.waitSignal(button.held, timeout=5000):
        QTest.mousePress(button, LEFT)
        assert button.holding()
    assert not button.holding()
    QTest.mouseRelease(button, LEFT)
    with qtbot.waitSignal(button.held, timeout=5000):
        QTest.keyPress(button, Qt.Key.Key_Space)
    QTest.keyRelease(button, Qt.Key.Key_Space)


def test_letting_go_too_early_does_nothing(look: Look, shown: Shown, qtbot: QtBot) -> None:
    button, heard = HoldButton(look, "Hold to approve"), Heard()
    button.held.connect(heard.hear)
    shown(button)
    QTest.mousePress(button, LEFT)
    QTest.mouseRelease(button, LEFT)
    assert not button.holding()
    QTest.keyPress(button, Qt.Key.Key_Return)
    QTest.keyRelease(button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not button.holding())
    QTest.mousePress(button, LEFT)
    button.setEnabled(False)
    assert not button.holding()
    button.setEnabled(True)
    button.begin()
    button.hide()
    assert not button.holding()
    assert heard.said == []


def test_a_key_that_x_repeats_is_held_all_the_while(look: Look, shown: Shown, qtbot: QtBot) -> None:
    button = HoldButton(look, "Hold to approve")
    shown(button)
    with qtbot.waitSignal(button.held, timeout=5000):
        for _ in range(3):
            QTest.keyPress(button, Qt.Key.Key_Space)
            QTest.keyRelease(button, Qt.Key.Key_Space)
        QTest.keyPress(button, Qt.Key.Key_Space)


def test_a_key_pressed_in_a_list_holds_the_button_that_decides_about_it(look: Look, shown: Shown, qtbot: QtBot) -> None:
    page = Pane(look)
    row = QVBoxLayout(page)
    rows, button, heard = QPlainTextEdit(), HoldButton(look, "Hold to approve", key="A"), Heard()
    row.addWidget(rows)
    row.addWidget(button)
    shortcut = QShortcut(Qt.Key.Key_A, page)
    shortcut.activated.connect(heard.hear)
    button.hold_by(Qt.Key.Key_A, rows)
    shown(page)
    rows.setFocus()
    QTest.keyPress(rows, Qt.Key.Key_A)
    assert button.holding()
    QTest.keyRelease(rows, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: not button.holding())
    with qtbot.waitSignal(button.held, timeout=5000):
        QTest.keyPress(rows, Qt.Key.Key_A)
    assert heard.said == []
    assert rows.toPlainText() == ""


def test_tabs_tell_what_the_person_opened(look: Look, shown: Shown) -> None:
    tabs, heard = Tabs(look, [("needs", "Needs me"), ("waiting", "Waiting"), ("decided", "Decided")]), Heard()
    tabs.chosen.connect(heard.hear)
    shown(tabs)
    assert tabs.current() == "needs"
    QTest.keyClick(tabs, Qt.Key.Key_Right)
    QTest.mouseClick(tabs, LEFT, pos=tabs.tabRect(2).center())
    assert heard.said == ["waiting", "decided"]
    tabs.open("needs")
    tabs.set_tabs([("needs", "Needs me"), ("other", "Other")])
    assert heard.said == ["waiting", "decided"]
    assert tabs.current() == "needs"


def test_a_count_makes_room_and_is_said(look: Look) -> None:
    tabs = Tabs(look, [("needs", "Needs me"), ("waiting", "Waiting")])
    before = tabs.sizeHint().width()
    tabs.set_count("waiting", 31)
    assert tabs.sizeHint().width() > before
    assert tabs.accessibleTabName(1) == "Waiting, 31"
    tabs.set_count("waiting", None)
    assert tabs.sizeHint().width() == before


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tabs_without_room_are_reached_by_arrows_in_the_look(look: Look, shown: Shown, theme: Theme) -> None:
    look.switch(theme)
    tabs = Tabs(look, [(str(number), f"Tab number {number}") for number in range(9)])
    shown(tabs)
    tabs.resize(300, 44)
    arrow = next(each for each in tabs.findChildren(QToolButton) if each.objectName() == "ScrollRightButton")
    assert arrow.isVisible()
    assert arrow.grab().toImage().pixelColor(1, 1) == look.colour("panel")
    for _ in range(8):
        QTest.keyClick(tabs, Qt.Key.Key_Right)
    assert tabs.current() == "8"
    assert tabs.rect().contains(tabs.tabRect(8).center())


@pytest.mark.parametrize("make", [Check, Switch, Chip])
def test_boxes_and_switches_turn_by_space_and_by_click(
    look: Look, shown: Shown, make: Callable[[Look, str], Check | Switch | Chip]
) -> None:
    box = make(look, "Tell the desk")
    shown(box)
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert box.isChecked()
    QTest.mouseClick(box, LEFT, pos=QPoint(box.sizeHint().width() - 4, 8))
    assert not box.isChecked()


def test_segments_are_chosen_by_arrows(look: Look, shown: Shown) -> None:
    segmented, heard = Segmented(look, [("light", "Light"), ("dark", "Dark"), ("system", "System")], "Theme"), Heard()
    segmented.chosen.connect(heard.hear)
    shown(segmented)
    segmented.segment("light").setFocus()
    QTest.keyClick(segmented.segment("light"), Qt.Key.Key_Right)
    assert heard.said == ["dark"]
    assert segmented.current() == "dark"
    segmented.choose("system")
    segmented.choose("no such")
    assert (segmented.current(), heard.said) == ("system", ["dark"])


def test_a_combo_goes_by_arrows_and_keeps_still_under_the_wheel(look: Look, shown: Shown) -> None:
    page = Pane(look)
    row = QVBoxLayout(page)
    combo, field = Combo(look, "Model"), Field(look)
    combo.addItem("eu-large", "large")
    combo.addItem("eu-small", "small")
    row.addWidget(combo)
    row.addWidget(field)
    shown(page)
    field.setFocus()
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(combo, wheel)
    assert combo.currentText() == "eu-large"
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.currentData() == "small"
    combo.choose("large")
    combo.choose("no such")
    assert combo.currentText() == "eu-large"
    combo.showPopup()
    log = grab(combo.view().viewport())
    combo.hidePopup()
    assert log.texts() == ["eu-large", "eu-small"]
    assert log.problems() == []


def test_a_field_says_what_is_wrong_and_keeps_what_was_typed(look: Look, qtbot: QtBot) -> None:
    field = Field(look)
    row = FormRow(look, "Limit", field, hint="In percent")
    qtbot.addWidget(row)
    QTest.keyClicks(field, "12 %%")
    row.set_error("“12 %%” is no percentage: write a number from 0 to 100")
    assert "no percentage" in " ".join(grab(row).texts())
    assert field.accessibleDescription() == row.error == field.wrong()
    row.set_error("")
    assert "In percent" in grab(row).texts()
    assert (field.wrong(), field.text(), field.accessibleName()) == ("", "12 %%", "Limit")


def test_the_key_of_a_search_goes_when_something_is_typed(look: Look, qtbot: QtBot) -> None:
    field = Field(look, "Filter runs", "list-filter", "/")
    qtbot.addWidget(field)
    assert "/" in grab(field).texts()
    field.setText("invoice")
    assert grab(field).texts() == ["invoice"]


def test_tab_leaves_a_text_area_but_not_a_code_editor(look: Look) -> None:
    assert TextArea(look, "Why?").tabChangesFocus()
    assert not TextArea(look, "YAML", style="mono", code=True).tabChangesFocus()


def test_progress_knows_how_far_it_is(look: Look) -> None:
    bar = ProgressBar(look, "Pilot")
    bar.setRange(0, 93)
    bar.setValue(47)
    assert bar.share() == pytest.approx(47 / 93)
    bar.setRange(0, 0)
    assert bar.share() is None


def test_an_empty_room_offers_one_step(look: Look, shown: Shown) -> None:
    empty, heard = EmptyState(look, "inbox", "Nothing needs you", "It shows here.", "Start a pilot"), Heard()
    empty.acted.connect(heard.hear)
    shown(empty)
    assert empty.button is not None
    QTest.mouseClick(empty.button, LEFT)
    assert len(heard.said) == 1


def test_a_banner_says_something_else_and_keeps_its_buttons(look: Look, qtbot: QtBot) -> None:
    banner = Banner(look, "error", "The engine stopped", "It starts again in 3 s.")
    banner.add(Button(look, "Start now", small=True))
    qtbot.addWidget(banner)
    banner.resize(700, 48)
    banner.say("shadow", "Shadow", "Nothing is sent.", "9 to 24 Nov")
    assert grab(banner).texts() == ["SHADOW", "Nothing is sent.", "9 to 24 Nov", "Start now"]


def test_text_of_agents_is_never_read_as_markup(look: Look, qtbot: QtBot) -> None:
    for selectable in (False, True):
        label = Label(look, "<b>Pay</b> & go", selectable=selectable)
        qtbot.addWidget(label)
        assert grab(label).texts() == ["<b>Pay</b> & go"]


def test_a_wrapped_label_grows_and_a_single_line_is_cut(look: Look, qtbot: QtBot) -> None:
    words = "Ask two people when no system of record confirms the account to be paid."
    wrapped, single = Label(look, words), Label(look, words, wrap=False)
    for label in (wrapped, single):
        qtbot.addWidget(label)
        label.resize(160, label.heightForWidth(160) if label.wordWrap() else 20)
    assert wrapped.heightForWidth(160) == 20 * len(grab(wrapped).texts()) > 20
    assert grab(single).drawn[0].elided
    assert grab(single).problems() == []


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_words_of_a_box_wrap_and_it_grows(look: Look, qtbot: QtBot, scale: float) -> None:
    look.switch(scale=scale)
    check = Check(look, "Ask two people when no system of record confirms the account to be paid.")
    qtbot.addWidget(check)
    width = look.px(200)
    check.resize(width, check.heightForWidth(width))
    log = grab(check)
    assert len(log.drawn) > 2
    assert log.problems() == []


def test_a_divider_moves_by_keys_and_no_pane_vanishes(look: Look, shown: Shown) -> None:
    split = Split(look)
    for _ in range(2):
        pane = Pane(look)
        pane.setMinimumWidth(80)
        split.addWidget(pane)
    shown(split)
    split.resize(400, 200)
    handle = split.handle(1)
    before = split.sizes()[0]
    QTest.keyClick(handle, Qt.Key.Key_Right)
    assert split.sizes()[0] > before
    for _ in range(40):
        QTest.keyClick(handle, Qt.Key.Key_Left)
    assert split.sizes()[0] == 80


def test_a_scroll_bar_goes_where_it_is_dragged(look: Look, shown: Shown) -> None:
    page = QWidget()
    page.setMinimumHeight(2000)
    scroll = Scroll(look, page)
    shown(scroll)
    scroll.resize(300, 200)
    bar = scroll.verticalScrollBar()
    assert bar.width() == 10
    QTest.mousePress(bar, LEFT, pos=QPoint(5, 5))
    QTest.mouseMove(bar, QPoint(5, 400))
    QTest.mouseRelease(bar, LEFT, pos=QPoint(5, 400))
    assert bar.value() == bar.maximum()
    QTest.mouseClick(bar, LEFT, pos=QPoint(5, 2))
    assert bar.value() == 0


def test_a_flow_breaks_where_there_is_no_more_room(look: Look, shown: Shown) -> None:
    page = Pane(look)
    flow = Flow(page)
    for _ in range(6):
        flow.addWidget(Button(look, "Hand over"))
    shown(page)
    assert flow.heightForWidth(2000) == 32
    assert flow.heightForWidth(220) == 3 * 32 + 2 * 8
    assert flow.takeAt(9) is None
    assert flow.count() == 6


def test_motion_ends_and_is_not_begun_where_nothing_shall_move(look: Look, shown: Shown, qtbot: QtBot) -> None:
    widget = shown(Pane(look))
    motion = Motion(look, widget)
    motion.to(1.0)
    assert (motion.at, motion.moving()) == (1.0, False)
    look.motion = True
    motion.to(0.0)
    assert motion.moving()
    qtbot.waitUntil(lambda: not motion.moving())
    assert motion.at == 0.0


def test_initials() -> None:
    assert [initials(name) for name in ("Ingrid Moen", "i.moen", "Tor", "", "Ann-Marie van Dam")] == [
        "IM", "IM", "T", "?", "AD",
    ]  # fmt: skip
