"""The Settings room with a real engine: what is listed, tried, kept, refused; nothing typed is lost, nothing is cut."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from console.app import compose
from console.confirm import Confirm
from console.console import Console
from console.news import News
from console.place import Place
from console.views.settings.about import AboutPage
from console.views.settings.appearance import AppearancePage
from console.views.settings.credentials import CredentialsPage
from console.views.settings.data import DataPage
from console.views.settings.models import ModelsPage
from console.views.settings.people import PeoplePage
from console.views.settings.room import PAGES, SettingsRoom
from tests.console.conftest import Loop
from tests.console.paint_log import grab
from tests.console.sample import Workspace
from tests.wire.openai_endpoint import OpenAIEndpoint, fails, says

SECRET = "sk-not-a-real-one-4410"


@pytest.fixture(scope="module")
def shared(
    _the_loop: qasync.QEventLoop, made_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Console, Workspace]]:
    """A console with a real engine, on a machine without a keyring; one for all tests of this file."""
    folder = tmp_path_factory.mktemp("settings")
    workspace, loop = made_workspace.copied(folder / "workspace"), Loop(_the_loop)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("HOME", str(folder)), ("XDG_STATE_HOME", str(folder / "state")),
                            ("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring"),
                            ("CENTAUR_SECRET_MINE", SECRET)):  # fmt: skip
            patch.setenv(name, value)
        asyncio.events._set_running_loop(_the_loop)
        composed = compose(workspace.store, folder / "console.json", folder / "engine.log")
        composed.console.look.motion = False
        composed.console.engine.start()
        loop.until(lambda: composed.console.engine.state == "ready", what="the engine answers")
        asyncio.events._set_running_loop(None)
        yield composed.console, workspace
        asyncio.events._set_running_loop(_the_loop)
        loop.run(composed.close())
        asyncio.events._set_running_loop(None)


@pytest.fixture
def console(shared: tuple[Console, Workspace]) -> Console:
    """The console of this file."""
    return shared[0]


@pytest.fixture
def workspace(shared: tuple[Console, Workspace]) -> Workspace:
    """Its workspace, without a route."""
    (shared[1].store.parent / "models.yaml").unlink(missing_ok=True)
    return shared[1]


@pytest.fixture
def room(console: Console, workspace: Workspace, loop: Loop, settle: Callable[[], None]) -> Iterator[SettingsRoom]:
    console.look.switch("light", 1.0)
    heard: list[News] = []
    console.engine.news.connect(heard.append)
    before = head(workspace)
    made = SettingsRoom(console)
    made.resize(1368, 824)
    made.show()
    yield made
    loop.until(lambda: not console.tasks._running, what="what was begun ends")
    if (now := head(workspace)) > before:
        loop.until(lambda: heard and heard[-1].to_seq >= now, what="its news came")
    console.engine.news.disconnect(heard.append)
    timers = (console.engine._again, console.engine._frame, console.engine._rest)
    loop.until(lambda: not any(timer.isActive() for timer in timers), what="news were told")
    made.hide()
    made.deleteLater()
    settle()


def head(workspace: Workspace) -> int:
    with closing(sqlite3.connect(workspace.store)) as db:
        return int(db.execute("SELECT max(seq) FROM event").fetchone()[0])


def routes(workspace: Workspace, text: str) -> Path:
    path = workspace.store.parent / "models.yaml"
    path.write_text(f"format: 1\nroutes:\n{text}")
    return path


def models_page(room: SettingsRoom, loop: Loop, count: int) -> ModelsPage:
    page = room.open_page("models")
    assert isinstance(page, ModelsPage)
    loop.until(lambda: len(page.cards) == count and (count or page._none.isVisible()), what="the routes are listed")
    return page


# -- models -------------------------------------------------------------------------------------------------------


def test_without_a_model_one_is_told_how_to_add_one(room: SettingsRoom, loop: Loop, workspace: Workspace) -> None:
    page = models_page(room, loop, 0)
    assert page.none.button is not None
    page.none.button.click()
    assert page.form.isVisible()
    fields = page.form.fields
    fields["name"].setText("main")
    fields["model"].setText("gpt")
    page.form.save_button.click()
    loop.until(lambda: page.form.rows["model"].error, what="the field says what is wrong")
    assert page.form.rows["model"].error == "It needs the provider in front and no blanks, as in openai/gpt-4o-mini."
    assert fields["name"].text() == "main"
    fields["model"].setText("openai/gpt-4o-mini")
    fields["credential"].setText("openai")
    fields["secret"].setText(SECRET)
    assert fields["secret"].echoMode() == QLineEdit.EchoMode.Password
    page.form.save()
    loop.until(lambda: "main" in page.cards, what="the route is there")
    assert not page.form.isVisible()
    assert fields["secret"].text() == ""
    assert "session" in page.cards["main"].key.text().lower()
    text = (workspace.store.parent / "models.yaml").read_text()
    assert "openai/gpt-4o-mini" in text
    assert SECRET not in text


def test_what_was_typed_survives_cancel_but_not_the_secret(room: SettingsRoom, loop: Loop) -> None:
    page = models_page(room, loop, 0)
    page.add()
    page.form.fields["model"].setText("openai/x")
    page.form.fields["secret"].setText(SECRET)
    page.form.cancel_button.click()
    page.add()
    assert page.form.fields["model"].text() == "openai/x"
    assert page.form.fields["secret"].text() == ""


def test_a_key_without_a_name_and_missing_fields_are_said_at_once(room: SettingsRoom, loop: Loop) -> None:
    page = models_page(room, loop, 0)
    page.add()
    page.form.fields["secret"].setText(SECRET)
    page.form.save()
    loop.until(lambda: page.form.rows["credential"].error, what="it is said")
    assert page.form.rows["name"].error
    assert page.form.rows["model"].error


def test_a_model_that_answers_and_one_that_answers_401(room: SettingsRoom, loop: Loop, workspace: Workspace) -> None:
    with OpenAIEndpoint([says("OK", tokens=(11, 2)), fails(401)]) as endpoint:
        routes(workspace, f'  here: {{model: openai/gpt-4o-mini, api_base: "{endpoint.url}", credential: mine}}\n')
        card = models_page(room, loop, 1).cards["here"]
        for meaning, words in (("ok", "11 tokens sent, 2 received"), ("err", "401")):
            card.test.click()
            loop.until(lambda: not card.test.isEnabled(), what="it is asked")
            loop.until(card.test.isEnabled, what="it is answered")
            assert card.result.meaning == meaning
            assert words in card.result.accessibleName()
        assert "key" in card.result.accessibleName()
        assert SECRET not in card.result.accessibleName()


def test_a_wrong_file_and_a_route_are_said(room: SettingsRoom, loop: Loop, workspace: Workspace) -> None:
    routes(workspace, "  good: {model: openai/x}\n  odd: {model: openai/x, colour: red}\n")
    page = models_page(room, loop, 2)
    loop.until(page.cards["odd"].problem.isVisible, what="it is shown")
    assert page.trouble.isVisible()
    assert not page.cards["odd"].test.isEnabled()
    assert page.cards["good"].test.isEnabled()


def test_a_route_is_changed_and_removed(room: SettingsRoom, loop: Loop, workspace: Workspace) -> None:
    path = routes(workspace, "  one: {model: openai/x}  # mine\n  two: {model: openai/y}\n")
    page = models_page(room, loop, 2)
    page.cards["one"].change_button.click()
    assert page.form.fields["name"].isReadOnly()
    page.form.fields["model"].setText("openai/z")
    page.form.save()
    loop.until(lambda: page.cards["one"].route["model"] == "openai/z", what="it is changed")
    page.cards["two"].remove_button.click()
    loop.until(lambda: room.window().findChildren(Confirm), what="one is asked")
    room.window().findChildren(Confirm)[0].go.click()
    loop.until(lambda: list(page.cards) == ["one"], what="it is gone")
    assert "two" not in path.read_text()


# -- credentials ----------------------------------------------------------------------------------------------------


def test_a_key_is_entered_and_forgotten(room: SettingsRoom, loop: Loop, workspace: Workspace) -> None:
    page = room.open_page("credentials")
    assert isinstance(page, CredentialsPage)
    loop.until(page.keyring.isVisible, what="the keyring is looked at")
    assert "There is no keyring" in page.keyring.accessibleName()
    page.form.begin("openai")
    page.form.save()
    loop.until(lambda: page.form.secret_row.error, what="a key is missed")
    page.form.secret.setText("x" * 2_000)
    page.form.save()
    loop.until(lambda: "1280" in page.form.secret_row.error, what="it is too long")
    assert page.form.secret.text()
    page.form.secret.setText(SECRET)
    page.form.save()
    loop.until(page.form.result.isVisible, what="it is kept")
    assert page.form.secret.text() == ""
    assert "Only until the engine ends" in page.form.result.accessibleName()
    loop.until(lambda: "openai" in grab(page).texts(), what="it is listed")
    page._forget("openai")
    loop.until(lambda: room.window().findChildren(Confirm), what="one is asked")
    room.window().findChildren(Confirm)[0].go.click()
    loop.until(lambda: page.none.isVisible(), what="it is forgotten")
    with closing(sqlite3.connect(workspace.store)) as db:
        assert not db.execute("SELECT 1 FROM event WHERE instr(body, ?)", (SECRET.encode(),)).fetchone()


def test_a_locked_keyring_is_said(room: SettingsRoom, loop: Loop) -> None:
    page = room.open_page("credentials")
    assert isinstance(page, CredentialsPage)
    loop.until(page.keyring.isVisible, what="the first look is over")
    problem = {"message": "The keyring is locked.", "hint": "Unlock it, then try again."}
    key = {"name": "openai", "place": "unknown", "variable": None, "problem": problem, "routes": ["main"]}
    page.show_credentials({
        "credentials": [key], "keyring": {"usable": True, "locked": True, "why": "", "backend": "Secret Service"}
    })  # fmt: skip
    assert "locked" in page.keyring.accessibleName()
    assert any("Unlock it" in text for text in grab(page).texts())


# -- people -----------------------------------------------------------------------------------------------------------


def test_a_person_is_added_and_wrong_ids_are_said(room: SettingsRoom, loop: Loop) -> None:
    page = room.open_page("people")
    assert isinstance(page, PeoplePage)
    form = page.form
    form.save()
    loop.until(lambda: form.rows["name"].error, what="what is needed is said")
    form.person.setText("a b")
    form.name.setText("Ann Berg")
    form.roles.setText("finance-lead, support-lead")
    form.save()
    loop.until(lambda: form.rows["person"].error, what="the id is refused")
    assert form.name.text() == "Ann Berg"
    form.person.setText("ann")
    form.save()
    loop.until(lambda: not form.name.text(), what="it is done")
    loop.until(lambda: "Ann Berg" in grab(page).texts(), what="she is listed")


# -- appearance -------------------------------------------------------------------------------------------------------


def test_theme_size_and_motion_change_at_once_and_are_remembered(room: SettingsRoom, console: Console) -> None:
    page = room.open_page("appearance")
    assert isinstance(page, AppearancePage)
    page.theme.segment("dark").click()
    assert (console.look.theme, console.preferences.get("theme")) == ("dark", "dark")
    page.theme.segment("light").click()
    assert console.look.theme == "light"
    page.larger.click()
    assert console.look.scale == 1.1
    for _ in range(9):
        page.larger.click()
    assert (console.look.scale, page.larger.isEnabled()) == (2.0, False)
    page.normal.click()
    assert (console.look.scale, console.preferences.get("scale")) == (1.0, 1.0)
    page.motion.click()
    assert console.look.motion is console.preferences.get("motion")
    console.look.motion = False


# -- data -------------------------------------------------------------------------------------------------------------


def data_page(room: SettingsRoom, loop: Loop) -> DataPage:
    page = room.open_page("data")
    assert isinstance(page, DataPage)
    loop.until(lambda: page.facts.facts, what="the store is described")
    return page


def test_a_backup_is_made_and_listed(room: SettingsRoom, loop: Loop, workspace: Workspace) -> None:
    page = data_page(room, loop)
    assert page.backup.path.text().startswith(str(workspace.store.with_suffix("")))
    target = workspace.folder / "copies" / "one.db"
    page.backup.path.setText(str(target))
    page.backup.make_button.click()
    loop.until(page.backup.result.isVisible, what="it is made")
    assert target.exists()
    loop.until(lambda: str(target) in dict(page.backup.list.facts).values(), what="it is listed")
    page.backup.path.setText(str(target))
    page.backup.make()
    loop.until(lambda: page.backup.row.error, what="what stands there is not replaced")
    assert page.backup.path.text() == str(target)


@pytest.mark.parametrize("path", ["", "copy.db"])
def test_a_path_that_is_none_is_said(room: SettingsRoom, loop: Loop, path: str) -> None:
    page = data_page(room, loop)
    page.backup.path.setText(path)
    page.backup.make()
    loop.until(lambda: page.backup.row.error, what="it is said")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_said_and_the_path_stays(room: SettingsRoom, loop: Loop) -> None:
    page = data_page(room, loop)
    page.backup.path.setText("/dev/full/copy.db")
    page.backup.make()
    loop.until(page.backup.result.isVisible, what="it is said")
    assert page.backup.result.meaning == "err"
    assert "could not be written" in page.backup.result.accessibleName()
    assert page.backup.path.text() == "/dev/full/copy.db"
    assert page.backup.make_button.isEnabled()


def test_verifying_says_what_it_cannot_know(room: SettingsRoom, loop: Loop) -> None:
    page = data_page(room, loop)
    page.ledger.tables.setChecked(True)
    room._verify()
    loop.until(page.ledger.result.isVisible, what="it is verified")
    assert page.ledger.result.meaning == "ok"
    assert page.ledger.blind_title.isVisible()
    page.ledger.show_verified({
        "ok": False, "events": 3, "anchored_to": 0,
        "findings": [{"kind": "edited", "seq": 2, "words": "Event 2 was edited."}], "cannot_know": [], "notes": [],
    })  # fmt: skip
    assert page.ledger.result.meaning == "err"
    assert "Event 2 was edited" in page.ledger.result.accessibleName()


def test_tables_are_rebuilt_after_a_question(room: SettingsRoom, loop: Loop) -> None:
    page = data_page(room, loop)
    page.ledger.rebuild_button.click()
    loop.until(lambda: room.window().findChildren(Confirm), what="one is asked")
    room.window().findChildren(Confirm)[0].go.click()
    loop.until(page.ledger.result.isVisible, what="they are made")
    assert "made anew" in page.ledger.result.accessibleName()


def test_the_time_zone_is_changed_and_a_wrong_one_is_said(room: SettingsRoom, loop: Loop) -> None:
    page = data_page(room, loop)
    loop.until(lambda: page.zone.text() == "UTC", what="it is shown")
    page.zone.setText("Mars/Base")
    page.zone_button.click()
    loop.until(lambda: page.zone_row.error, what="it is said")
    assert page.zone.text() == "Mars/Base"
    page.zone.setText("Europe/Oslo")
    page.zone_button.click()
    loop.until(lambda: not page.zone_row.error and page.zone_button.isEnabled(), what="it is changed")


def test_the_path_is_copied_and_chosen(room: SettingsRoom, loop: Loop, settle: Callable[[], None]) -> None:
    page = data_page(room, loop)
    page.copy_button.click()
    assert QGuiApplication.clipboard().text() == page.path.text()
    room._back_up()
    page.backup.browse.click()
    (dialog,) = room.window().findChildren(QFileDialog)
    dialog.fileSelected.emit("/else/where.db")
    assert page.backup.path.text() == "/else/where.db"
    dialog.close()
    settle()


# -- about and the room -----------------------------------------------------------------------------------------


def test_versions_and_licences_can_be_read(room: SettingsRoom, settle: Callable[[], None]) -> None:
    page = room.open_page("about")
    assert isinstance(page, AboutPage)
    known = dict(page.facts.facts)
    assert known["SQLite"] == sqlite3.sqlite_version
    assert known["litellm"]
    for place in range(page.tabs.count()):
        page.tabs.setCurrentIndex(place)
        settle()
        assert page.text.known() > 10


def test_keys_go_through_the_pages_and_the_page_is_remembered(room: SettingsRoom, console: Console) -> None:
    room.enter(Place("settings"))
    QTest.keyClick(room.sections, Qt.Key.Key_J)
    assert room.sections.current() == "credentials"
    QTest.keyClick(room.sections, Qt.Key.Key_K)
    QTest.keyClick(room.sections, Qt.Key.Key_K)
    assert room.sections.current() == "models"
    room.enter(Place("settings", part="data"))
    assert room.crumbs()[0].words == "Data"
    other = SettingsRoom(console)
    other.recall(room.remember())
    assert other.sections.current() == "data"
    other.recall({"page": "none"})
    other.deleteLater()
    room.leave()


@pytest.mark.parametrize(("theme", "scale"), [("light", 1.0), ("dark", 1.0), ("light", 2.0), ("dark", 2.0)])
def test_every_page_is_painted_whole_and_every_control_has_a_name(
    room: SettingsRoom, loop: Loop, workspace: Workspace, theme: str, scale: float, settle: Callable[[], None]
) -> None:
    long = "a-very-long-route-name-that-no-line-is-long-enough-for-at-all"
    routes(workspace, f"  {long}: {{model: openai/{'x' * 120}, credential: none, region: eu}}\n  odd: {{mode: 1}}\n")
    room.console.look.switch(theme, scale)  # type: ignore[arg-type]
    room.resize(1848 if scale == 2 else 1208, 1004 if scale == 2 else 724)
    models_page(room, loop, 2)
    data_page(room, loop)
    for id_, _, _ in PAGES:
        page = room.open_page(id_)
        if isinstance(page, ModelsPage):
            page.add()
        loop.until(lambda: not room.console.tasks._running, what="the page is read")
        settle()
        assert grab(room).problems() == [], id_
        for widget in page.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
                assert widget.accessibleName(), (id_, widget)
