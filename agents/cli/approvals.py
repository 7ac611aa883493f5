"""`approvals`: what waits for a person, and the person's decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agents.cli.options import JsonOption, PersonOption, StoreOption, store_path
from agents.cli.output import Output

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The request's id, or the beginning of it.")]
NowOption = Annotated[bool, typer.Option("--now", help="At once, without the seconds in which it can be taken back.")]

group = typer.Typer(
    invoke_without_command=True, no_args_is_help=False, help="List what waits for a person, and decide it."
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="approvals", rich_help_panel="Decide")


@group.callback()
def approvals(context: typer.Context, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List what waits for a person, and decide it."""
    if context.invoked_subcommand is None:
        list_(every=False, store=store, as_json=as_json)


@group.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Also those that were decided or have expired.")] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List everything that waits for a person: requests, actions in doubt, questions."""
    from agents.cli.waiting import read_waiting, waiting_view

    found = read_waiting(store_path(store), every=every)
    Output(as_json).result(found, waiting_view(found))


@group.command("show")
def show(approval: IdArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show the whole card of a request: what will happen, with what, from where, why it is asked."""
    from agents.cli.approval_card import card_view
    from agents.cli.waiting import read_card

    found = read_card(store_path(store), approval)
    Output(as_json).result(found, card_view(found))


@group.command("approve")
def approve(
    approval: IdArgument,
    binding: Annotated[
        str | None, typer.Option(help="What you were shown; refused if it is not that any more.")
    ] = None,
    now: NowOption = False,
    person: PersonOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Allow the action exactly as it was shown."""
    _decide("approval.approve", approval, {"binding": binding, "now": now}, person, store, as_json)


@group.command("edit")
def edit(
    approval: IdArgument,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Change one argument; JSON, or text. May be repeated."),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json-file", metavar="FILE", help="All arguments, as a JSON object.")
    ] = None,
    now: NowOption = False,
    person: PersonOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Allow the action with other arguments: in your editor, or by --set or --json-file."""
    from agents.cli.editing import edited_arguments
    from agents.cli.waiting import read_card

    card = read_card(store_path(store), approval)
    arguments = edited_arguments(card.arguments, changes or [], json_file)
    _decide("approval.edit", card.approval, {"arguments": arguments, "now": now}, person, store, as_json)


@group.command("reject")
def reject(
    approval: IdArgument,
    reason: Annotated[str, typer.Option(help="Why; the agent reads it.")],
    now: NowOption = False,
    person: PersonOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Forbid the action."""
    _decide("approval.reject", approval, {"reason": reason, "now": now}, person, store, as_json)


@group.command("reply")
def reply(
    id_: Annotated[
        str, typer.Argument(metavar="ID", help="A request's id, or that of a question that a run waits on.")
    ],
    text: Annotated[str, typer.Option(help="The agent reads it.")],
    now: NowOption = False,
    person: PersonOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer the agent instead of allowing or forbidding, or answer its question."""
    from agents.cli.deciding import reply_to_wait

    if id_.startswith("wait"):
        reply_to_wait(store_path(store), id_, text, person, Output(as_json))
    else:
        _decide("approval.reply", id_, {"text": text, "now": now}, person, store, as_json)


@group.command("withdraw")
def withdraw(
    approval: IdArgument, person: PersonOption = None, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """Take a decision back before it takes effect."""
    from agents.cli.deciding import withdraw as take_back

    take_back(store_path(store), approval, person, Output(as_json))


@group.command("resolve")
def resolve(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id, or the beginning of it.")],
    call: Annotated[str, typer.Argument(metavar="CALL", help="The call in doubt.")],
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="happened, did-not or try-again.")],
    note: Annotated[str, typer.Option(help="How you know.")] = "",
    person: PersonOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what you found out about an action of which nobody knows whether it happened."""
    from agents.cli.deciding import resolve as settle

    settle(store_path(store), run, call, verdict, note, person, Output(as_json))


def _decide(
    method: str, approval: str, params: dict[str, object], person: str | None, store: Path | None, as_json: bool
) -> None:
    from agents.cli.deciding import decide

    decide(store_path(store), method, approval, params, person, Output(as_json))
