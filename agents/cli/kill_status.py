"""The rest of `kill`: what stands, how far it has come, and lifting it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from agents.cli.connect import connected
from agents.cli.kill import KillStatus, Standing
from agents.cli.output import Output
from agents.cli.reading import reading
from agents.cli.words import count, moment
from storage.errors import CentaurError, StoreLocked
from storage.kill_file import KillFile, KillNote
from storage.queries import decisions
from storage.records import KillRecord

Json = Any


def take_in(path: Path, note: KillNote, out: Output) -> Json | None:
    """Open the store where no engine runs, so that the kill becomes an event; None where that cannot be done now."""

    async def work_it() -> Json:
        async with connected(path, out, warn=False) as engine:  # which takes in the kill file as it starts
            return (await engine.perform("kill.state", {"kill": note.kill}))["kills"][0]

    try:
        return asyncio.run(work_it())
    except StoreLocked:
        return None
    except CentaurError as error:
        out.say(Text(f"{error.message}", "yellow"))
        return None


def tell_ordered(path: Path, out: Output, standing: Standing) -> None:
    """Say honestly how far the kill has come, and where it names an agent that nobody knows."""
    if standing.scope == "agent" and not _is_known(path, standing.target):
        out.say(
            Text(f"The store has no agent `{standing.target}` so far; the kill stands for that name anyway.", "yellow")
        )
    out.result(KillStatus([standing]), _ordered(standing))


def _from_when(settled: bool) -> Text:
    if settled:
        return Text("No call starts from now on: the kill file stands beside the store.")
    words = (
        "The kill file stands beside the store, and every later commit sees it. But the store was busy all the while: "
        "a call whose start was just being committed may still begin. End the engine's process to be sure."
    )
    return Text(words, "yellow")


def _is_known(path: Path, agent: str | None) -> bool:
    from storage.queries import workspace

    try:
        with reading(path) as store:
            return workspace.agent(store.connection, agent or "").agent == agent
    except CentaurError:
        return False


def _ordered(standing: Standing) -> RenderableType:
    what = "Everything" if standing.target is None else f"The {standing.scope} {standing.target}"
    heading = Text.assemble((f"{what} is stopped", "bold red"), f"  {standing.kill}")
    if standing.reached == "file":
        return Group(
            heading,
            _from_when(standing.settled),
            Text("The engine that holds the store did not answer, so what is under way is not known.", "yellow"),
            Text("It is taken into the ledger when the engine answers again or the next one starts.", "dim"),
        )
    lines: list[RenderableType] = [heading]
    if standing.acknowledged:
        lines.append(Text(f"{count(standing.acknowledged, 'run')} stopped."))
    lines += [Text(f"Already sent, awaiting its result: {call} of {run}", "yellow") for run, call in standing.awaiting]
    lines += [Text(f"Not yet stopped: {run}", "yellow") for run in standing.unacknowledged]
    if standing.contained:
        lines.append(Text("Contained: nothing of it can act any more.", "green"))
    lines.append(Text(f"Let it begin again: centaur kill --lift {standing.kill} --reason '…'", "dim"))
    return Group(*lines)


def list_kills(path: Path, out: Output) -> None:
    """Print the kills that stand, and a kill file that no engine has taken in yet."""
    with reading(path) as store:
        known = decisions.kills(store.connection)
        waiting = {run.run for run in _open_runs(store)}
    standing = [_standing(record, sorted(waiting)) for record in known]
    note = KillFile(path).read()
    if note is not None and note.kill not in [kill.kill for kill in standing]:
        standing.insert(0, Standing(note.kill, note.scope.value, note.target, "file", None, person=note.person))
    out.result(KillStatus(standing), *[_line(kill) for kill in standing] or [Text("No kill stands.", "green")])


def _open_runs(store: Any) -> list[Any]:
    from storage.queries import work

    return work.open_runs(store.connection)


def _standing(record: KillRecord, open_runs: list[str]) -> Standing:
    left = open_runs if record.scope == "all" else []
    return Standing(
        record.kill, record.scope, record.target, "engine", None if record.scope != "all" else not left,
        record.acknowledged, [], left, record.person.removeprefix("person:"), record.ordered_at,
    )  # fmt: skip


def _line(kill: Standing) -> RenderableType:
    what = "everything" if kill.target is None else f"{kill.scope} {kill.target}"
    when = f", {moment(kill.ordered_at)}" if kill.ordered_at else ", not yet taken in by an engine"
    return Text.assemble((kill.kill, "bold red"), f"  {what}, by {kill.person}{when}")


def lift_kill(path: Path, kill: str, reason: str, person: str | None, out: Output) -> None:
    """Let work begin again."""

    async def work_it() -> str:
        async with connected(path, out) as engine:
            params = {"kill": kill, "reason": reason} | ({"person": person} if person else {})
            return str((await engine.perform("kill.lift", params))["kill"])

    lifted = asyncio.run(work_it())
    with reading(path) as store:
        record = next(k for k in decisions.kills(store.connection, active=False) if k.kill == lifted)
    standing = Standing(
        record.kill, record.scope, record.target, "engine", None, record.acknowledged, [], [],
        record.person.removeprefix("person:"), record.ordered_at, record.lifted_at,
    )  # fmt: skip
    out.result(KillStatus([standing]), Text(f"Lifted {lifted}: work may begin again.", "green"))
