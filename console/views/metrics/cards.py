"""The cards below the figures: by agent, by day, by rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from console import words
from console.models.metrics import beyond, by_agent, control_limits, each_day, ended, rate_each_day
from console.models.metrics_reading import Shown
from console.theme.look import Look
from console.widgets.card import Card
from console.widgets.charts.bars import Bar, Bars, Legend, Part
from console.widgets.charts.line_chart import Axes, Level, LineChart, Point
from console.widgets.charts.scale import around
from console.widgets.label import Label
from console.widgets.section import SectionTitle
from storage.records import DayRecord

_MICRO = 1_000_000
_MOST = 6


class MeasuredCard(Card):
    """A card with a title and one chart."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent=parent)
        self.title = SectionTitle(look, title)
        self.column.addWidget(self.title)
        self.none = Label(look, "", "body", "dim")

    def show_measured(self, shown: Shown) -> None:
        """Show other figures."""
        raise NotImplementedError

    def _too_few(self, points: Sequence[Point], words_of: Callable[[float], str]) -> str:
        if not points:
            return self.tr("No run ended.")
        if len(points) > 1:
            return ""
        return self.tr("Only one day with work so far: {figure}. A line needs two.").format(
            figure=words_of(points[0].y)
        )

    def _nothing(self, text: str, chart: QWidget) -> None:
        self.none.say(text)
        self.none.setVisible(bool(text))
        chart.setVisible(not text)


class AgentsCard(MeasuredCard):
    """How runs ended, an agent a bar.

    Signals:
        opened: an agent's name.
    """

    opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, self.tr("How runs ended"), parent)
        self._chart = Bars(look, self.tr("How runs ended, by agent"), opens=True)
        self._chart.chosen.connect(self._open)
        self._agents: list[str] = []
        self.column.addWidget(Legend(look, [
            (self.tr("Finished"), "ok_f"), (self.tr("Handed to a person"), "wait_f"), (self.tr("Failed"), "err_f"),
            (self.tr("Stopped"), "shadow_f"),
        ]))  # fmt: skip
        self.column.addWidget(self._chart)
        self.column.addWidget(self.none)
        self.column.addStretch(1)

    def show_measured(self, shown: Shown) -> None:
        rows = [(agent, sums) for agent, sums in by_agent(shown.now.days) if ended(sums)]
        self._agents = [agent for agent, _ in rows[:_MOST]]
        self.title.say(self.tr("How runs ended"), words.counted(shown.now.ended, self.tr("run"), self.tr("runs")))
        self._chart.show_bars([
            Bar(words.in_words(agent), self._alone(sums), (
                Part(self.tr("finished"), sums.finished, "ok_f"),
                Part(self.tr("handed over"), sums.handed_off, "wait_f"),
                Part(self.tr("failed"), sums.failed, "err_f"), Part(self.tr("stopped"), sums.stopped, "shadow_f"),
            ), words.count(ended(sums)))
            for agent, sums in rows[:_MOST]
        ])  # fmt: skip
        more = len(rows) - _MOST
        self._nothing("" if rows else self.tr("No run ended."), self._chart)
        if more > 0:
            self.title.say(
                self.tr("How runs ended"), self.tr("the busiest {n} of {all}").format(n=_MOST, all=len(rows))
            )

    def _alone(self, sums: DayRecord) -> str:
        return self.tr("{share} by itself").format(share=words.percent(sums.finished / ended(sums)))

    def _open(self, place: int) -> None:
        if place < len(self._agents):
            self.opened.emit(self._agents[place])


class HandedCard(MeasuredCard):
    """The share of runs handed to a person, by day, with the limits of what is usual."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, self.tr("Handed to a person, by day"), parent)
        self._chart = LineChart(look, self.tr("Handed to a person, by day"), 220)
        self.column.addWidget(self._chart)
        self.column.addWidget(self.none)
        self.column.addStretch(1)

    def show_measured(self, shown: Shown) -> None:
        shares = rate_each_day(shown.window, shown.now.days, "handed_off")
        limits = control_limits(shares)
        points = [
            Point(index, share, marked=limits is not None and beyond(share, n, limits.mean))
            for index, (share, n) in enumerate(shares)
            if share is not None
        ]
        levels = []
        if limits is not None:
            levels = [
                Level(limits.upper, self.tr("upper {p}").format(p=words.percent(limits.upper)), "err_f"),
                Level(limits.mean, self.tr("mean {p}").format(p=words.percent(limits.mean)), "ok_f"),
            ]
        bounds = around([*(point.y for point in points), *(level.y for level in levels)], zero=True)
        axes = _axes(shown, words_of=_percent, y_bounds=bounds)
        self._chart.show_points(points, axes, levels, "wait_f", self._said(points))
        known = [n for _, n in shares if n]
        right = self.tr("p-chart, three sigma, usually {n} a day").format(n=round(limits.usual_n)) if limits else (
            self.tr("{days} with work, too few for limits").format(
                days=words.counted(len(known), self.tr("day"), self.tr("days"))
            ) if known else ""
        )  # fmt: skip
        self.title.say(self.tr("Handed to a person, by day"), right)
        self._nothing(self._too_few(points, _percent), self._chart)

    def _said(self, points: list[Point]) -> str:
        return self.tr("{n} days").format(n=len(points)) + ": " + ", ".join(words.percent(point.y) for point in points)


class RulesCard(MeasuredCard):
    """What people decided, a rule a bar."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, self.tr("What people decided, by rule"), parent)
        self._chart = Bars(look, self.tr("What people decided, by rule"))
        self.column.addWidget(Legend(look, [
            (self.tr("Approved"), "ok_f"), (self.tr("Edited"), "run_f"), (self.tr("Rejected"), "err_f"),
            (self.tr("Replied"), "tool_f"), (self.tr("Undecided"), "shadow_f"),
        ]))  # fmt: skip
        self.column.addWidget(self._chart)
        self.column.addWidget(self.none)
        self.column.addStretch(1)

    def show_measured(self, shown: Shown) -> None:
        rules = shown.now.rules
        self._chart.show_bars([
            Bar(rule.rule, self._below(sum(rule[1:5])), (
                Part(self.tr("approved"), rule.approved, "ok_f"), Part(self.tr("edited"), rule.edited, "run_f"),
                Part(self.tr("rejected"), rule.rejected, "err_f"), Part(self.tr("replied"), rule.answered, "tool_f"),
                Part(self.tr("undecided"), rule.others, "shadow_f"),
            ), words.count(sum(rule[1:])))
            for rule in rules[:_MOST]
        ])  # fmt: skip
        self.title.say(
            self.tr("What people decided, by rule"),
            words.counted(sum(sum(rule[1:]) for rule in rules), self.tr("request"), self.tr("requests")),
        )
        self._nothing("" if rules else self.tr("No rule asked a person."), self._chart)

    def _below(self, decided: int) -> str:
        return self.tr("{n} decided").format(n=words.count(decided))


class CycleCard(MeasuredCard):
    """How long runs took from start to end, by day."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, self.tr("Cycle time, by day"), parent)
        self._chart = LineChart(look, self.tr("Cycle time, by day"), 220)
        self.column.addWidget(self._chart)
        self.column.addWidget(self.none)
        self.column.addStretch(1)

    def show_measured(self, shown: Shown) -> None:
        took = each_day(shown.window, shown.now.days, lambda day: day.cycle_us)
        runs = each_day(shown.window, shown.now.days, ended)
        points = [
            Point(index, whole / n / _MICRO)
            for index, (whole, n) in enumerate(zip(took, runs, strict=True)) if n
        ]  # fmt: skip
        said = ", ".join(_seconds(point.y) for point in points)
        self._chart.show_points(points, _axes(shown, words_of=_seconds), (), "run_f", said)
        self.title.say(self.tr("Cycle time, by day"), self.tr("mean of runs that ended, waits included"))
        self._nothing(self._too_few(points, _seconds), self._chart)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %" if abs(share * 100 - round(share * 100)) < 1e-6 else f"{share * 100:.1f} %"


def _seconds(value: float) -> str:
    return words.duration(round(value * _MICRO)) if value else "0 s"


def _axes(shown: Shown, words_of: Callable[[float], str], y_bounds: tuple[float, float] | None = None) -> Axes:
    window = shown.window
    last = window.days - 1
    middle = [(last // 2, words.calendar_day(window.each()[last // 2]))] if last >= 4 else []
    marks = [(0, words.calendar_day(window.first)), *middle]
    if last:
        marks.append((last, words.calendar_day(window.last)))
    return Axes(words_of, marks, (0, max(1, last)), y_bounds)
