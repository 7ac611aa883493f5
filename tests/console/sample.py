"""A real store for the console's tests: made once by a real engine, copied for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents.account import local_name
from agents.engine.compose import Ground, working
from agents.engine.operations.service import Operations
from agents.pilots.samples.workspace import SampleWorkspace, make_workspace
from agents.tools.tool import ToolFailed
from storage.credentials import Credentials, NoKeyring
from tests.agents.failing_once import break_tool

Json = Any
TRIAGE_CASES = 40
PAST_CASES = 750
INVOICES = 80


@dataclass(frozen=True, slots=True)
class Workspace:
    """A sample workspace whose store has seen work.

    Attributes:
        folder: with both jobs, policies, cases, the ERP.
        store: its store; no engine holds it.
        open, approved, rejected, edited, replied: ids of approval requests.
        doubt: run and call of the one booking of which nobody knows whether it happened.
        invoices, triage: ids of the live and of the shadow pilot.
    """

    folder: Path
    store: Path
    open: tuple[str, ...]
    approved: str
    rejected: str
    edited: str
    replied: str
    doubt: tuple[str, str]
    invoices: str
    triage: str

    @property
    def sample(self) -> SampleWorkspace:
        """Return where its parts are."""
        from agents.pilots.samples.workspace import open_workspace

        return open_workspace(self.folder)

    def copied(self, folder: Path) -> Workspace:
        """Return a copy of it in a new folder."""
        from dataclasses import replace

        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder, store=folder / self.store.name)


def ground(store: Path) -> Ground:
    """A machine without a keyring, its heads beside the store."""
    return Ground(store, Credentials(NoKeyring("There is none in this test."), {}), store.parent / "heads")


def make(folder: Path) -> Workspace:
    """Make a workspace and have a real engine work in it."""
    sample = make_workspace(folder, seed=1, all_faults=True)
    past = sample.triage_job.parent / "past.csv"  # a few of them: what is learnt here is not what is tested
    header, *rows = past.read_text("utf-8").splitlines(keepends=True)
    past.write_text("".join([header, *rows[:: len(rows) // PAST_CASES]]), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        break_tool(patch, "book_invoice", ToolFailed("No answer.", category="timeout", did_nothing=False))
        return asyncio.run(_work(sample))


async def _work(sample: SampleWorkspace) -> Workspace:
    async with working(ground(sample.store), grace_us=0) as engine:
        me = {"person": local_name(), "name": "Ingrid Moen", "roles": ["finance-lead", "support-lead"]}
        await engine.perform("people.add", me)
        triage = await _pilot(engine, sample.triage_job, sample.triage_cases, "shadow", limit=TRIAGE_CASES)
        invoices = await _pilot(engine, sample.invoice_job, sample.invoice_cases, "live", limit=INVOICES)
        asked = (await engine.perform("approvals.list"))["approvals"]
        approved, rejected, edited, replied, *_ = [each["approval"] for each in asked]
        shown = await engine.perform("approval.show", {"approval": edited})
        await engine.perform("approval.approve", {"approval": approved, "now": True})
        why = "The goods came back; wait for the credit note."
        await engine.perform("approval.reject", {"approval": rejected, "now": True, "reason": why})
        arguments = {"approval": edited, "now": True, "arguments": {**shown["card"]["arguments"], "amount": "0.01"}}
        await engine.perform("approval.edit", arguments)
        text = "Ask the supplier for the delivery note first."
        await engine.perform("approval.reply", {"approval": replied, "now": True, "text": text})
        await engine._engine.scheduler.idle()
        left = tuple(each["approval"] for each in (await engine.perform("approvals.list"))["approvals"])
        doubts = (await engine.perform("doubts.list"))["doubts"]
    return Workspace(
        sample.folder, sample.store, left, approved, rejected, edited, replied,
        (doubts[0]["run"], doubts[0]["call"]), invoices, triage,
    )  # fmt: skip


async def _pilot(engine: Operations, job: Path, cases: Path, mode: str, **more: Json) -> str:
    params: Mapping[str, Json] = {"job": str(job), "cases": str(cases), "mode": mode, **more}
    pilot = str((await engine.perform("pilot.start", params))["pilot"])
    await engine._engine.pilots.finished(pilot)
    await engine._engine.scheduler.idle()
    return pilot
