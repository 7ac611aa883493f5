"""`decide`: a person says what came of a case that no agent works any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from agents.cli.options import JsonOption, PersonOption, StoreOption, store_path
from agents.cli.output import Output

Json = Any


@dataclass(frozen=True, slots=True)
class CaseDecided:
    """The document of `decide --json`: `run` is the one that handed the case over, null where none worked it."""

    case: str
    run: str | None
    outcome: Json
    minutes: int | None
    signed: bool


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("decide", rich_help_panel="Decide")(decide)


def decide(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case's id or the beginning of it.")],
    outcome: Annotated[
        list[str],
        typer.Option(metavar="JSON|NAME=VALUE", help="A JSON object, or one field of it; the latter may be repeated."),
    ],
    minutes: Annotated[int | None, typer.Option(min=0, help="How long it took you.")] = None,
    note: Annotated[str, typer.Option(help="Why; kept with the outcome.")] = "",
    person: PersonOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what came of a case that was handed to people: its outcome, checked against the job."""
    import asyncio

    from agents.cli.brief import in_brief
    from agents.cli.connect import connected
    from storage.connections import existing

    path, out = existing(store_path(store)), Output(as_json)
    fields = outcome_of(outcome)
    given = {"case": case, "outcome": fields, "minutes": minutes, "note": note, "person": person}

    async def work_it() -> CaseDecided:
        async with connected(path, out) as engine:
            done = await engine.perform("case.decide", {k: v for k, v in given.items() if v is not None})
        return CaseDecided(done["case"], done["run"], fields, done["minutes"], done["signed"])

    done = asyncio.run(work_it())
    unsigned = "" if done.signed else " (not signed)"
    told = [f"Decided{unsigned}: {in_brief(fields, 300)}"]
    out.result(done, *told, *([f"All of it: centaur show {done.run}"] if done.run else []))


def outcome_of(given: Sequence[str]) -> dict[str, Json]:
    """Return the outcome that options give. Raises BadInput."""
    from storage.errors import BadInput

    found: dict[str, Json] = {}
    for text in given:
        if text.lstrip().startswith("{"):
            try:
                found |= _json(text)
            except ValueError as error:
                raise BadInput(f"The outcome is no JSON: {error}.", hint="Nothing was decided.") from error
            continue
        name, sign, written = text.partition("=")
        if not sign or not name:
            raise BadInput(f"`{text}` sets nothing.", hint="Write --outcome NAME=VALUE, or --outcome '{\"name\": …}'.")
        try:
            found[name] = _json(written)
        except ValueError:
            found[name] = written
    return found


def _json(text: str) -> Json:
    import json
    from decimal import Decimal

    def refuse(name: str) -> Json:
        raise ValueError(f"{name} is no number of JSON")

    return json.loads(text, parse_float=Decimal, parse_constant=refuse)
