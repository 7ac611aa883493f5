"""The shadow report for a terminal: the few figures that matter, each with its n."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from agents.pilots.shadow import Cost, ShadowReport, Window
from agents.pilots.statistics import CoveragePoint, Interval, clopper_pearson

GATE = 0.95
_MICRO = 1_000_000


def share(value: float) -> str:
    """Three decimals; a dash where there is no figure."""
    return "–" if math.isnan(value) else f"{value:.3f}"


def bounds(value: Interval) -> str:
    """`[0.931, 0.975]`; empty where there is no figure."""
    return "" if math.isnan(value.estimate) else f"[{value.low:.3f}, {value.high:.3f}]"


def money(cost: Cost) -> str:
    """`≥ 4.18 USD`, with the sign where a price was unknown."""
    whole, micro = divmod(abs(cost.micro), _MICRO)
    sign = "-" if cost.micro < 0 else ""
    decimals = f"{micro:06d}".rstrip("0").ljust(2, "0")
    return f"{'≥ ' if cost.partial else ''}{sign}{whole:,}.{decimals} {cost.currency}"


def days(window: Window, zone: tzinfo = UTC) -> str:
    """`9 Nov to 24 Nov 2026` in the business time zone."""
    first, last = (datetime.fromtimestamp(us / _MICRO, zone) for us in window)
    end = f"{last.day} {last:%b %Y}"
    if first.date() == last.date():
        return end
    return f"{first.day} {first:%b}{'' if first.year == last.year else first.strftime(' %Y')} to {end}"


def reading(report: ShadowReport) -> str:
    """One plain sentence on what the figures allow to be said."""
    if not report.compared:
        return "No case has a person's outcome yet, so nothing can be compared."
    decided = report.decided
    if not decided.n:
        return f"The agent decided none of the {report.compared:,} compared cases by itself."
    if not decided.sufficient:
        return f"Only {decided.n:,} cases were decided by the agent itself: too few to be read as figures."
    right = round(report.unaided.estimate * report.compared)
    return (
        f"Of {report.compared:,} compared cases the agent decided {decided.n:,} by itself, "
        f"{right:,} of them as the person did; at the least {report.lower:.3f} with 95 % confidence."
    )


def at_interval(point: CoveragePoint) -> Interval:
    """Agreement where the confidence reaches the threshold."""
    return clopper_pearson(point.correct, point.covered)


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
