"""The shadow report for a terminal: the few figures that matter, each with its n."""

from __future__ import annotations

from datetime import UTC, tzinfo

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from agents.pilots.report_words import at_interval, bounds, days, money, reading, share
from agents.pilots.shadow import ShadowReport


def renderables(report: ShadowReport, zone: tzinfo = UTC) -> RenderableType:
    """The report for `rich.Console.print`; nothing in a case's text is read as markup."""
    heading = Text.assemble((report.title, "bold"), ("  shadow, nothing was sent", "dim"))
    about = [f"field {report.outcome_field}", f"{report.n:,} cases"]
    if report.window is not None:
        about.append(days(report.window, zone))
    if report.cost is not None:
        about.append(money(report.cost))
    parts: list[RenderableType] = [heading, Text(" · ".join(about), "dim"), Text(), _figures(report), Text()]
    parts += [Text("* A handed-off case counts by what the agent leaned to.", "dim"), Text(reading(report))]
    if report.confused:
        parts += [Text(), _confused(report)]
    parts += [Text(note, "dim") for note in report.notes]
    return Group(*parts)


def _figures(report: ShadowReport) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("Figure")
    table.add_column("Value", justify="right")
    table.add_column("95 % interval")
    table.add_column("n", justify="right")
    figures = [
        ("Agreement, all compared cases*", report.agreement),
        ("Cohen's kappa", report.kappa),
        ("Decided by the agent (coverage)", report.coverage),
        ("Agreement where it decided", report.decided),
        ("Decided by the agent, and as the person", report.unaided),
    ]
    if report.at_threshold is not None:
        point = report.at_threshold
        figures.append((f"Agreement at confidence ≥ {point.threshold} ‰", at_interval(point)))
    for label, value in figures:
        few = "" if value.sufficient else "[yellow] insufficient[/]"
        table.add_row(label, share(value.estimate), bounds(value) + few, f"{value.n:,}")
    for label, count in (
        ("Handed to a person", report.handed_off),
        ("Failed", report.failed),
        ("Unfinished", report.unfinished),
        ("Without a person's outcome", report.without_human),
    ):
        table.add_row(label, f"{count:,}", "", f"{report.n:,}", style="dim" if not count else "")
    return table


def _confused(report: ShadowReport) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("Cases", justify="right")
    table.add_column("The person said")
    table.add_column("The agent said")
    for pair in report.confused:
        table.add_row(f"{pair.cases} of {pair.of_human}", escape(pair.human), escape(pair.proposed))
    return table
