"""Publishes a version: what changes against the newest one, what is missing to leave draft, and who signs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from console.console import Console
from console.dialogs import Dialog
from console.models.agents import AgentRow
from console.models.job_form_draft import Draft
from console.models.versions import compared
from console.views.agents.compare_view import CompareView
from console.widgets.label import Label
from console.widgets.notice import Notice
from storage.errors import CentaurError

Json = Any


class PublishDialog(Dialog):
    """Shows the difference and asks."""

    def __init__(self, console: Console, host: QWidget, row: AgentRow, draft: Draft, page: Mapping[str, Json]) -> None:
        super().__init__(console.look, host, "", icon="git-branch", width=960)
        self.console, self._row, self._draft, self._page = console, row, draft, page
        number = len(page.get("versions", [])) + 1
        title = self.tr("Publish v{0} of {1}").format(number, row.title)
        self.heading.say(title)
        self.setAccessibleName(title)
        missing = draft.looked.get("missing", [])
        self.missing = Notice(console.look, "wait", "", "")
        self.missing.setVisible(bool(missing))
        if missing:
            self.missing.say(
                self.tr("It stays a draft: {0} missing").format(", ".join(each["field"] for each in missing)),
                " ".join(f"{each['why']} {each['hint']}" for each in missing),
            )
        self.body.addWidget(self.missing)
        self.note = self.say(self.tr("Comparing with the newest version…"), "body", "dim")
        self.view = CompareView(console.look, self.tr("What changes"))
        self.view.setMinimumHeight(console.look.px(300))
        self.body.addWidget(self.view, 1)
        self.signed = Label(
            console.look,
            self.tr("Published by {0}; a version never changes again.").format(console.you),
            "small",
            "dim",
        )
        self.body.addWidget(self.signed)
        self.answer(self.tr("Cancel"), None)
        self.publish = self.answer(self.tr("Publish v{0}").format(number), True, kind="primary", icon="git-branch")
        self.publish.setEnabled(False)

    async def run(self) -> bool:
        """Ask, and publish if wanted; return whether a version is new."""
        asked = self.open()
        comparing = self.console.tasks.start(self._compare(), "compare with the newest version")
        wanted = await asked
        comparing.cancel()
        if not wanted:
            return False
        try:
            answer = await self.console.operations.command("job.publish", job=self._draft.path or self._row.agent)
        except CentaurError:
            return False
        if answer["new"]:
            self.console.toasts.tell(self.tr_published())
        return bool(answer["new"])

    def tr_published(self) -> str:
        """Return what is said afterwards; the dialog itself is gone by then."""
        return f"{self._row.title}: published"

    async def _compare(self) -> None:
        draft, versions = self._draft, self._page.get("versions", [])
        tools = [{key: value for key, value in tool.items() if key not in ("kind", "seconds", "retries", "calls")}
                 for tool in draft.looked.get("tools", [])]  # fmt: skip
        route = draft.value().get("model") or {}
        new = {"texts": draft.texts, "tools": tools, "model": route.get("route", "playbook")}
        old: Mapping[str, Json] = {}
        if versions:
            params = {"agent": self._row.agent, "version": versions[0]["version"]}
            old = await self.console.engine.perform("version.show", params)
        titles = {
            "job": self.tr("Job description"), "plan": self.tr("Plan"), "policy": self.tr("Policy"),
            "tools": self.tr("Tools"), "model": self.tr("Model"),
        }  # fmt: skip
        parts = await asyncio.to_thread(compared, old or {"tools": tools, "model": new["model"]}, new, titles)
        same = bool(versions) and draft.looked.get("version") == versions[0]["version"]
        left = f"v{versions[0]['number']}" if versions else self.tr("nothing")
        self.view.show_parts(parts, left, self.tr("this text"))
        changed = sum(part.changed for part in parts)
        if same:
            self.note.say(self.tr("Nothing that counts differs from the newest version (comments and layout do not)."))
        elif versions:
            self.note.say(self.tr("{0} lines differ from {1}.").format(changed, left))
        else:
            self.note.say(self.tr("The first version."))
        self.publish.setEnabled(not same)
