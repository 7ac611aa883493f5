"""Draws the approval card in its order: what will happen first, what the agent recommends last."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from agents.cli.brief import in_brief
from agents.cli.show_call import change_lines, indented, origin_lines
from agents.cli.waiting import Card
from agents.cli.words import duration
from storage.ids import now_us


def card_view(card: Card) -> RenderableType:
    """Return the card for printing."""
    effect = {"write": "changes something", "irreversible": "cannot be taken back", "read": "reads"}.get(
        card.effect, ""
    )
    parts: list[RenderableType] = [
        Text.assemble((card.sentence, "bold")),
        Text(f"{card.agent} · {card.case} · {card.tool} ({effect})", "dim"),
        Text(),
    ]
    proven = {origin.path for origin in card.origins}
    parts += [_title("With"), *origin_lines(card.origins)]
    parts += [
        indented(Text.assemble(("  ", ""), (name, "dim"), f" {in_brief(value, 200)}"), 4)
        for name, value in card.arguments.items()
        if not any(path == name or path.startswith((f"{name}.", f"{name}[")) for path in proven)
    ]
    if card.before is not None or card.after is not None:
        parts += [Text(), _title("Changes"), *change_lines(card.before, card.after)]
    undo = f": {card.undo}" if card.undo else ""
    parts += [
        Text(),
        _fact("Undo", f"possible{undo}" if card.reversible else "not possible", "" if card.reversible else "bold red"),
        _fact("Asked by", f"{card.rule}: {card.because}" if card.because else card.rule),
    ]
    if card.evidence:
        parts += [Text(), _title("Evidence")]
        for item in card.evidence:
            line = Text.assemble((f"{item.get('tool')} ", "dim"), in_brief(item.get("result"), 300))
            parts.append(Padding(line, (0, 0, 0, 4)))
    parts += [_fact(f"{item.get('person')} says", str(item.get("answer", ""))) for item in card.consulted]
    if card.recommendation:
        parts += [Text(), _fact("The agent says", card.recommendation, "italic")]
    return Group(*parts, Text(), *_decision(card))


def _title(text: str) -> Text:
    return Text(f"  {text}", "bold")


def _fact(name: str, text: str, style: str = "") -> RenderableType:
    return Padding(Text.assemble((f"{name}  ", "bold"), (text, style)), (0, 0, 0, 2))


def _decision(card: Card) -> list[RenderableType]:
    if card.state != "requested":
        by = f" by {card.person}" if card.person else ""
        note = f": {card.note}" if card.note else ""
        return [_fact("Decided" if card.choice else "State", f"{card.choice or card.state}{by}{note}")]
    who = " or ".join(card.approvers) or "anyone"
    commands = (
        f"approve {card.approval}", f"edit {card.approval} --set NAME=VALUE", f"reject {card.approval} --reason '…'",
        f"reply {card.approval} --text '…'",
    )  # fmt: skip
    return [
        _fact("Decided by", f"{who}, within {duration(card.expires_at - now_us())}"),
        *(Text(f"    centaur approvals {command}", "cyan") for command in commands),
    ]
