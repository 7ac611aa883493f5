"""One figure, as a tile shows it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """What a tile shows.

    Attributes:
        id: which figure it is, for what opens when the tile is opened.
        label: its name.
        value: the figure in words, "–" without one.
        unit: beside it.
        change: against the time before, with its sign; "" where it cannot be said.
        tone: the colour of the change: "text", "ok" (better) or "wait" (worse).
        trend: a figure a day; None for a day without one.
        role: the colour of the trend.
        n: how many it is made of, in words ("n 1,284").
        window: of which time ("14 days").
    """

    id: str
    label: str
    value: str
    unit: str = ""
    change: str = ""
    tone: str = "text"
    trend: tuple[float | None, ...] = field(default=())
    role: str = "run_f"
    n: str = ""
    window: str = ""
