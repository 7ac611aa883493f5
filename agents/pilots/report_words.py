"""The figures of a shadow report as words: light, for whoever shows them without a terminal."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo

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
