"""What this is: versions, whose work is in it under which licence, where it logs."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, distribution, version
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication

from console.console import Console
from console.views.settings.page import Page, buttons
from console.widgets.button import Button
from console.widgets.facts import Facts
from console.widgets.label import Label
from console.widgets.payload_view import PayloadView
from console.widgets.tabs import Tabs

OURS = "centaur-console"
_LINES = 18


def version_of(package: str) -> str:
    """Return the version of a package, "" if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def our_licence() -> str:
    """Return the licence of Centaur, from the source tree or from the installed package; "" if it is in neither."""
    beside = Path(__file__).parents[3] / "LICENSE"
    if beside.is_file():
        return beside.read_text("utf-8")
    try:
        return distribution(OURS).read_text("licenses/LICENSE") or ""
    except PackageNotFoundError:
        return ""


def licences() -> dict[str, tuple[str, str]]:
    """Return the licences: id, name, text."""
    resources = files("resources")

    def text(*path: str) -> str:
        return resources.joinpath(*path).read_text("utf-8")

    return {
        "centaur": ("Centaur, Apache-2.0", our_licence()),
        "inter": ("Inter, OFL-1.1", text("fonts", "Inter-OFL.txt")),
        "jetbrains": ("JetBrains Mono, OFL-1.1", text("fonts", "JetBrainsMono-OFL.txt")),
        "lucide": ("Lucide, ISC", text("icons", "LICENSE.txt")),
    }


class AboutPage(Page):
    """About."""

    def __init__(self, console: Console) -> None:
        super().__init__(console, self.tr("About"), self.tr(
            "Centaur pilots and supervises agents. It runs on this machine and sends nothing away but what a route of "
            "yours asks a model."
        ))  # fmt: skip
        look = self.look
        card = self.card(self.tr("Versions"))
        self.facts = Facts(look, 180)
        self.copy_button = Button(look, self.tr("Copy"), icon="copy")
        self.copy_button.clicked.connect(self._copy)
        card.column.addWidget(self.facts)
        card.column.addLayout(buttons(self.copy_button))
        logs = self.card(self.tr("Log"))
        self.log = Label(look, str(_log_folder()), "mono", selectable=True)
        self.folder_button = Button(look, self.tr("Show the folder"), icon="folder-open")
        self.folder_button.clicked.connect(self._show_folder)
        logs.column.addWidget(
            Label(look, self.tr("What the engine had to say is here; it holds no keys."), "body", "dim")
        )
        logs.column.addWidget(self.log)
        logs.column.addLayout(buttons(self.folder_button))
        self._texts = licences()
        licence = self.card(self.tr("Licences"))
        self.tabs = Tabs(look, [(id_, name) for id_, (name, _) in self._texts.items()])
        self.tabs.setAccessibleName(self.tr("Licences"))
        self.text = PayloadView(look, console.reads, console.tasks)
        self.text.setAccessibleName(self.tr("Text of the licence"))
        licence.column.addWidget(self.tabs)
        licence.column.addWidget(self.text)
        licence.column.addWidget(Label(look, self.tr(
            "PySide6 and Qt are used under the LGPL-3.0; the other libraries under MIT, BSD or Apache licences, as "
            "their packages say."
        ), "small", "dim"))  # fmt: skip
        self.tabs.chosen.connect(self._show_licence)
        self.finish()
        look.changed.connect(self._size)
        self._size()
        self._show_licence("centaur")

    def enter(self) -> None:
        unknown = self.tr("not installed")
        self.facts.say([
            ("Centaur", version_of(OURS) or self.tr("from the source tree")),
            (self.tr("Engine"), self._engine() or self.tr("not connected")),
            ("Python", platform.python_version()), ("Qt", qVersion()), ("PySide6", version_of("PySide6-Essentials")),
            ("SQLite", sqlite3.sqlite_version), ("litellm", version_of("litellm") or unknown),
            (self.tr("System"), platform.platform(terse=True)),
        ])  # fmt: skip

    def _engine(self) -> str:
        return str(self.console.engine.hello.get("engine", ""))

    def _size(self) -> None:
        self.text.setFixedHeight(self.look.px(20 * _LINES))

    def _show_licence(self, which: str) -> None:
        self.text.show_text(self._texts[which][1])

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(f"{name}: {value}" for name, value in self.facts.facts))
        self.console.toasts.tell(self.tr("The versions were copied."))

    def _show_folder(self) -> None:
        folder = str(_log_folder())
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(folder)):
            self.console.toasts.error(self.tr("No program shows folders here."), folder)


def _log_folder() -> Path:
    import platformdirs

    return platformdirs.user_state_path("centaur", appauthor=False)
