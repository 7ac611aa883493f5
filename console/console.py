"""What the rooms of the console are given: how things look, what may be read and asked, and where one can go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.place import Place

if TYPE_CHECKING:
    from console.actions import Actions
    from console.engine_client import EngineClient
    from console.operations import Operations
    from console.preferences import Preferences
    from console.reads import Reads
    from console.tasks import Tasks
    from console.theme.look import Look
    from console.toasts import Toasts


@dataclass(frozen=True, slots=True)
class Console:
    """What `app.compose` makes once and passes down.

    Attributes:
        look: colours, fonts and icons.
        reads: questions to the store, answered in worker threads.
        engine: the engine's process: asks it, hears it.
        operations: the verbs: what a person can do, as commands to the engine.
        actions: the one table of actions: id, text, icon, key.
        preferences: what is remembered between starts.
        tasks: starts coroutines; what they raise is told, not lost.
        toasts: short messages, some with an undo.
        go: open a place (a room, and in it a run, case, approval, agent, pilot).
        you: the id of the person who acts here.
    """

    look: Look
    reads: Reads
    engine: EngineClient
    operations: Operations
    actions: Actions
    preferences: Preferences
    tasks: Tasks
    toasts: Toasts
    go: Callable[[Place], None]
    you: str


Remembered = Mapping[str, object]
