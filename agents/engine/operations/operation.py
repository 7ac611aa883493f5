"""What every method of the engine is: a name, its parameters, whether it changes state, and what performs it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from agents.engine.receipt import Receipt
from agents.job.strict import meant
from agents.people import Person
from storage.errors import BadInput

if TYPE_CHECKING:
    from agents.engine.engine import Engine

Json = Any
PAGE_MOST = 500
COMMAND_ID = "Makes sending the command again safe: the same id gets the first answer."


class Params(BaseModel):
    """The parameters of a method that only reads; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CommandParams(Params):
    """The parameters that every command takes beside its own."""

    command_id: str | None = Field(None, min_length=1, max_length=100, description=COMMAND_ID)
    person: str | None = Field(None, min_length=1, description="Who acts; without it, whoever runs the engine.")


class PageParams(Params):
    """The parameters of a list, newest first."""

    before_seq: int | None = Field(None, le=2**63 - 1, description="Only what is older than this seq.")
    limit: int = Field(100, ge=1, le=PAGE_MOST, description="How many at most.")


_LONGEST_NAME, _LONGEST_PATH = 255, 4_095
"""Bytes: what Linux and macOS take at most; a longer one is an error of the system, not an answer."""

F = TypeVar("F", str, Path)


def _can_be_a_file(given: F) -> F:
    written = os.fsencode(given)
    if b"\0" in written:
        raise ValueError("a path cannot hold the character NUL")
    if len(written) > _LONGEST_PATH or any(len(part) > _LONGEST_NAME for part in written.split(b"/")):
        raise ValueError(f"a path has at most {_LONGEST_PATH} bytes, and a name in it {_LONGEST_NAME}")
    return given


FilePath = Annotated[Path, AfterValidator(_can_be_a_file)]
"""A path that a system can at least be asked about."""
FileName = Annotated[str, Field(min_length=1), AfterValidator(_can_be_a_file)]
"""The same, where a name of the workspace may stand instead."""

P = TypeVar("P", bound=Params)


@dataclass(frozen=True, slots=True)
class Asked(Generic[P]):
    """One request for a method.

    Attributes:
        engine: the engine that is asked.
        params: the parameters, checked.
        receipt: of a command that carries an id.
    """

    engine: Engine
    params: P
    receipt: Receipt | None = None

    async def who(self) -> Person:
        """Return the person who acts. Raises NotFound for one whom the store does not know."""
        return await self.engine.person(getattr(self.params, "person", None))


Handler = Callable[[Asked[P]], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Operation(Generic[P]):
    """One method.

    Attributes:
        name: as clients call it.
        params: the model of its parameters.
        perform: does it; its value is made plain by `plain`.
        says: what it does, one sentence.
        returns: what it answers.
        command: it changes state.
        again: for a command, what makes sending it again safe where effect and answer are not one commit.
        unkept: of this command nothing is kept, not even a digest (it carries a secret): sent again, it is done again.
    """

    name: str
    params: type[P]
    perform: Handler[P]
    says: str
    returns: str
    command: bool = False
    again: str = ""
    unkept: bool = False


class BadParams(BadInput):
    """A parameter is missing, unknown or not of its kind; `field` names it."""

    def __init__(self, message: str, field: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.field = field


class UnknownMethod(BadInput):
    """There is no method of that name."""


def checked(operation: Operation[P], params: Mapping[str, Json]) -> P:
    """Return a method's parameters. Raises BadParams that names the first one at fault."""
    try:
        return operation.params.model_validate(dict(params))
    except ValidationError as error:
        raise _explained(operation, error) from None


def _explained(operation: Operation[Any], error: ValidationError) -> BadParams:
    faults = error.errors(include_url=False, include_context=False)
    # A misspelt name is also a missing one; its spelling is what helps.
    fault = next((each for each in faults if each["type"] == "extra_forbidden"), faults[0])
    field = ".".join(str(part) for part in fault["loc"])
    fields = {info.alias or name: info for name, info in operation.params.model_fields.items()}
    known = list(fields)
    hint: str | None
    if fault["type"] == "extra_forbidden":
        why, hint = f"`{operation.name}` has no parameter `{field}`.", meant(field, known)
    elif fault["type"] == "missing":
        why, hint = f"`{operation.name}` needs `{field}`.", f"It takes: {', '.join(known)}."
    else:
        reason = fault["msg"].removeprefix("Value error, ")
        why = f"`{operation.name}`{f': {field}' if field else ''}: {reason[:1].lower()}{reason[1:]}."
        hint = fields[str(fault["loc"][0])].description if fault["loc"] else None
    return BadParams(why, field, hint or None)


def plain(value: object) -> Json:
    """Return records, enums, paths and tuples as objects, strings and arrays; what is plain stays."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in value._asdict().items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, PurePath):
        return str(value)
    return value
