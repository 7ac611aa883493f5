"""`kill`: stop everything, one agent or one tool, even while the engine hangs or someone else holds the store.

The kill file comes first, before anything is opened or asked: no call starts once it stands.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agents.cli.options import JsonOption, PersonOption, StoreOption, store_path
from agents.cli.output import Output

if TYPE_CHECKING:
    from storage.kill_file import KillNote

Json = Any
ANSWER_S = 2.0
"""Seconds that a running engine gets to say how far it has come."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A kill. `reached` is file (written, nobody answered yet) or engine; `contained` is None where nobody could say.

    Attributes:
        awaiting: [run, call] that were sent before the kill and have not ended.
        unacknowledged: runs of the scope that have not stopped.
        settled: no commit that was under way when the kill file appeared can still begin a call.
    """

    kill: str
    scope: str
    target: str | None
    reached: str
    contained: bool | None
    acknowledged: int = 0
    awaiting: list[list[str]] = field(default_factory=list)
    unacknowledged: list[str] = field(default_factory=list)
    person: str | None = None
    ordered_at: int | None = None
    lifted_at: int | None = None
    settled: bool = True


@dataclass(frozen=True, slots=True)
class KillStatus:
    """The document of `kill --json`: the kills that stand; with --lift, the one that was lifted."""

    kills: list[Standing]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("kill", rich_help_panel="Decide")(kill)


def kill(
    agent: Annotated[str | None, typer.Option(metavar="NAME", help="Only this agent.")] = None,
    tool: Annotated[str | None, typer.Option(metavar="NAME", help="Only this tool.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; kept in the ledger.")] = None,
    lift: Annotated[str | None, typer.Option(metavar="ID", help="Let work begin again; needs --reason.")] = None,
    status: Annotated[bool, typer.Option("--status", help="Only list the kills that stand.")] = False,
    person: PersonOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stop everything now, or one agent or tool. Works also while the engine hangs."""
    path, out = store_path(store), Output(as_json)
    if sum((agent is not None, tool is not None, lift is not None, status)) > 1:
        raise typer.BadParameter("--agent, --tool, --lift and --status exclude each other")
    if status:
        from agents.cli.kill_status import list_kills

        list_kills(path, out)
    elif lift is not None:
        if not reason:
            raise typer.BadParameter("--lift needs --reason: why may work begin again?")
        from agents.cli.kill_status import lift_kill

        lift_kill(path, lift, reason, person, out)
    else:
        _order(path, agent, tool, reason, person, out)


def _order(
    path: Path, agent: str | None, tool: str | None, reason: str | None, person: str | None, out: Output
) -> None:
    from agents.engine.receipt import derived_id
    from storage.errors import NotFound
    from storage.events.safety import KillScope
    from storage.ids import new_id
    from storage.kill_file import KillFile, KillNote

    if not path.exists():
        raise NotFound(f"There is no store at {path}.", hint="Name it with --store.")
    scope = KillScope.AGENT if agent else KillScope.TOOL if tool else KillScope.ALL
    command = new_id("cmd")  # the kill's id follows from it, so file and command are one kill
    note = KillNote(derived_id("kill", command), scope, agent or tool, person or _local_name(), reason)
    file = KillFile(path)
    file.write(note)
    settled = file.settle()
    from agents.cli.kill_status import tell_ordered

    tell_ordered(path, out, _reach(path, note, command, out, settled))


def _reach(path: Path, note: KillNote, command: str, out: Output, settled: bool) -> Standing:
    """Have a running engine take the kill in, or the store where no engine runs; say what was reached."""
    from storage.lock import read_holder

    holder = read_holder(path)
    answer = _over_socket(holder["socket"], note, command) if holder.get("socket") else None
    if answer is None:
        from agents.cli.kill_status import take_in

        answer = take_in(path, note, out)
    if answer is None:
        return Standing(
            note.kill, note.scope.value, note.target, "file", None, person=note.person, settled=settled
        )  # fmt: skip
    return Standing(
        note.kill, note.scope.value, note.target, "engine", bool(answer["contained"]), int(answer["acknowledged"]),
        [list(pair) for pair in answer["awaiting"]], list(answer["unacknowledged"]), note.person,
    )  # fmt: skip


def _over_socket(address: str, note: KillNote, command: str) -> Json | None:
    """Ask the engine that holds the store to take in the kill file; None if it does not answer in time."""
    import socket

    if not hasattr(socket, "AF_UNIX"):
        return None
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(ANSWER_S)
            link.connect(address)
            for number, (method, params) in enumerate(_requests(note, command)):
                request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
                link.sendall(json.dumps(request).encode() + b"\n")
            return _answer(link)
    except (OSError, ValueError):
        return None


def _requests(note: KillNote, command: str) -> list[tuple[str, dict[str, Json]]]:
    order: dict[str, Json] = {"scope": note.scope.value, "reason": note.reason or "", "command_id": command}
    if note.target is not None:
        order["target"] = note.target
    return [("initialize", {"protocol": 1, "client": "centaur kill"}), ("kill.order", order)]


def _answer(link: Any) -> Json | None:
    import time

    begun, received = time.monotonic(), b""
    while time.monotonic() - begun < ANSWER_S:
        piece = link.recv(65_536)
        if not piece:
            return None
        *lines, received = (received + piece).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if message.get("id") == 1:
                return message.get("result")
    return None


def _local_name() -> str:
    """Return whoever types, without loading what knows about people."""
    import getpass
    import re

    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "supervisor"
    return re.sub(r"[^A-Za-z0-9._@-]", "-", name) or "supervisor"
