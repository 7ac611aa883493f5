"""The eight figures at the head of Metrics, each with its n and its window. Pure."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from console import words
from console.models.figure import Figure
from console.models.metrics import Measured, Window, change_of, each_day, ended, rate, rate_each_day
from storage.queries.metrics import Spread
from storage.records import DayRecord

MICRO = 1_000_000


def said(text: str) -> str:
    """Return words of this file in the person's language."""
    return QCoreApplication.translate("metrics", text)


def figures(window: Window, now: Measured, before: Measured) -> tuple[Figure, ...]:
    """Return the tiles: what was done, how long it took, who was needed, what went wrong, what it cost."""
    return (
        _cases(window, now, before),
        _time("cycle", said("Cycle time, median"), window, now, now.cycle, before.cycle, _cycle_a_day(window, now)),
        _share("handed_off", said("Handed to a person"), window, now, before, "wait_f"),
        _share("failed", said("Failed runs"), window, now, before, "err_f"),
        _asked(window, now, before),
        _time("deciding", said("Time to decide, median"), window, now, now.deciding, before.deciding, ()),
        _cost(window, now, before),
        _tokens(window, now, before),
    )


def _in(window: Window) -> str:
    return words.counted(window.days, said("day"), said("days"))


def _cases(window: Window, now: Measured, before: Measured) -> Figure:
    return Figure(
        "finished", said("Cases finished"), words.count(now.cases), "", *_more(now.cases, before.cases),
        tuple(each_day(window, now.days, lambda day: day.finished)), "run_f",
        said("{ended} of {started} runs ended").format(
            ended=words.count(now.ended), started=words.count(max(now.ended, now.sum_of("started")))
        ), _in(window),
    )  # fmt: skip


def _time(
    id_: str, label: str, window: Window, now: Measured, took: Spread, earlier: Spread,
    trend: tuple[float | None, ...],
) -> Figure:  # fmt: skip
    value, unit = _split(words.duration(took.median))
    change = change_of(_float(took.median), _float(earlier.median))
    tone = "text" if change is None or abs(change) < 0.005 else ("ok" if change < 0 else "wait")
    return Figure(
        id_, label, value, unit, "" if change is None else f"{words.signed(change * 100, 0)} %", tone, trend,
        "run_f", f"n {words.count(took.n)}", _in(window),
    )  # fmt: skip


def _share(field: str, label: str, window: Window, now: Measured, before: Measured, role: str) -> Figure:
    share, earlier = rate(now, field), rate(before, field)
    change, tone = "", "text"
    if share is not None and earlier is not None:
        change = words.points(share - earlier)
        tone = "text" if abs(share - earlier) < 0.0005 else ("ok" if share < earlier else "wait")
    return Figure(
        field, label, words.NONE if share is None else f"{share * 100:.1f}", "" if share is None else "%", change,
        tone, tuple(part for part, _ in rate_each_day(window, now.days, field)), role,
        f"n {words.count(now.ended)}", _in(window),
    )  # fmt: skip


def _asked(window: Window, now: Measured, before: Measured) -> Figure:
    asked = now.sum_of("asked")
    return Figure(
        "asked", said("Approvals asked"), words.count(asked), "", *_more(asked, before.sum_of("asked")),
        tuple(each_day(window, now.days, lambda day: day.asked)), "wait_f",
        said("in {n} calls").format(n=words.count(now.sum_of("calls"))), _in(window),
    )  # fmt: skip


def _cost(window: Window, now: Measured, before: Measured) -> Figure:
    each, earlier = _per_run(now, "cost"), _per_run(before, "cost")
    partial = bool(now.sum_of("cost_partial"))
    value = words.NONE if each is None else words.money(round(each), "", partial).strip()
    change = change_of(each, earlier)
    tone = "text" if change is None or abs(change) < 0.005 else ("ok" if change < 0 else "wait")
    return Figure(
        "cost", said("Model cost per run"), value, "" if each is None else "USD",
        "" if change is None else f"{words.signed(change * 100, 0)} %", tone,
        _ratio_a_day(window, now, lambda day: day.cost), "run_f", f"n {words.count(now.ended)}", _in(window),
    )  # fmt: skip


def _tokens(window: Window, now: Measured, before: Measured) -> Figure:
    def used(measured: Measured) -> float | None:
        whole = measured.sum_of("tokens_in") + measured.sum_of("tokens_out")
        return whole / measured.ended if measured.ended else None

    each = used(now)
    change = change_of(each, used(before))
    return Figure(
        "tokens", said("Tokens per run"), words.NONE if each is None else words.count(round(each)), "",
        "" if change is None else f"{words.signed(change * 100, 0)} %", "text",
        _ratio_a_day(window, now, lambda day: day.tokens_in + day.tokens_out), "run_f",
        f"n {words.count(now.ended)}", _in(window),
    )  # fmt: skip


def _per_run(measured: Measured, field: str) -> float | None:
    return measured.sum_of(field) / measured.ended if measured.ended else None


def _cycle_a_day(window: Window, now: Measured) -> tuple[float | None, ...]:
    return _ratio_a_day(window, now, lambda day: day.cycle_us)


def _ratio_a_day(window: Window, now: Measured, of: Callable[[DayRecord], int]) -> tuple[float | None, ...]:
    sums, counts = each_day(window, now.days, of), each_day(window, now.days, lambda day: ended(day))
    return tuple(part / whole if whole else None for part, whole in zip(sums, counts, strict=True))


def _more(now: int, before: int) -> tuple[str, str]:
    change = change_of(now, before)
    return ("", "text") if change is None else (f"{words.signed(change * 100, 0)} %", "text")


def _split(shown: str) -> tuple[str, str]:
    """Part `8.4 s` into figure and unit; `3 min 12 s` keeps its second unit with the first."""
    value, _, unit = shown.partition(" ")
    return value, unit


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)
