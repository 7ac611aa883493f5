"""The shadow report as one HTML file: no script, no asset; light or dark as the reader's system is."""

from __future__ import annotations

import math
from datetime import UTC, tzinfo
from html import escape

from agents.pilots.report_style import STYLE
from agents.pilots.report_words import GATE, at_interval, bounds, days, money, reading, share
from agents.pilots.shadow import CaseType, ShadowCase, ShadowReport
from agents.pilots.statistics import CoveragePoint, Interval

_MOST_TYPES = 12
_MOST_CONFUSED = 8
_MOST_SHOWN = 50
_LONGEST_TEXT = 300


def html(report: ShadowReport, zone: tzinfo = UTC) -> str:
    """The whole page. Every value of a case or a job is escaped; at most fifty disagreements are shown."""
    title = _said(report.title)
    body = "".join(
        (
            _header(report, zone),
            _tiles(report),
            _ends(report),
            f'<div class="two">{_curve(report)}{_confused(report)}</div>',
            _types(report),
            _disagreements(report),
            _footer(report),
        )
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none';style-src 'unsafe-inline'\">"
        f"<title>{title} · shadow report</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )


def _said(value: str) -> str:
    """Text from outside: escaped, without signs that no file can hold or that turn the line around."""
    plain = "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in value)
    return escape(plain, quote=True)


def _name(label: str) -> str:
    """A label that may break after its underscores."""
    return _said(label).replace("_", "_<wbr>")


def _short(text: str) -> str:
    return _said(text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…")


def _header(report: ShadowReport, zone: tzinfo) -> str:
    about = [f"{report.n:,} cases", f"compared on <span class=mono>{_said(report.outcome_field)}</span>"]
    if report.window is not None:
        about.append(days(report.window, zone))
    if report.cost is not None:
        about.append(_said(money(report.cost)))
    return (
        f"<header><h1>{_said(report.title)}</h1><p class=dim>{' · '.join(about)}</p></header>"
        f'<div class="banner"><p><b>SHADOW</b>Nothing that the agent did here reached anyone. '
        f"{reading(report)}</p></div>"
    )


def _tiles(report: ShadowReport) -> str:
    tiles = [
        _tile("Agreement, all compared*", report.agreement),
        _tile("Cohen's kappa", report.kappa),
        _tile("Decided by the agent", report.coverage),
        _tile("Agreement where it decided", report.decided),
    ]
    return f'<section class="tiles">{"".join(tiles)}</section>'


def _tile(label: str, value: Interval) -> str:
    few = "" if value.sufficient else '<span class="pill">insufficient</span>'
    return (
        f'<div class="card tile"><p class="label">{label}</p><p class="value">{share(value.estimate)}</p>'
        f'<p class="mono">{bounds(value) or "no interval"}</p><p class="mono">n {value.n:,}</p>{few}</div>'
    )


def _ends(report: ShadowReport) -> str:
    """How the compared cases ended: one bar whose parts add up to all of them."""
    agreed = round(report.unaided.estimate * report.compared) if report.compared else 0
    parts = [
        ("Decided as the person", agreed, "var(--ok-f)"),
        ("Decided otherwise", report.decided.n - agreed, "var(--err-f)"),
        ("Handed off", report.compared_handed_off, "var(--wait-f)"),
    ]
    rest = report.compared - sum(count for _, count, _ in parts)
    parts.append(("Failed or unfinished", rest, "var(--shadow)"))
    bars = "".join(f'<i style="flex:{n};background:{colour}"></i>' for _, n, colour in parts if n)
    words = "".join(f'<div><i style="background:{colour}"></i>{label}<b>{n:,}</b></div>' for label, n, colour in parts)
    gate = f"{report.more_needed(GATE):,} more right decisions in a row needed for a lower bound of {GATE}"
    if report.lower >= GATE:
        gate = f"lower bound {report.lower:.3f}, at or above {GATE}"
    return (
        f'<section class="card wide"><div class="head"><h2>How {report.compared:,} compared cases ended</h2>'
        f'<span>{gate}</span></div><div class="bar">{bars}</div><div class="legend">{words}</div></section>'
    )


def _card(title: str, note: str, content: str) -> str:
    return (
        f'<section class="card"><div class="head"><h2>{title}</h2><span>{note}</span></div>'
        f'<div class="scroll">{content}</div></section>'
    )


def _curve(report: ShadowReport) -> str:
    """Agreement against coverage as the confidence falls; the fixed threshold ringed."""
    points = [p for p in report.curve if p.covered >= 30]
    if len(points) < 2:
        return _card("Agreement by coverage", "", "<p class=dim>Too few cases for a curve.</p>")
    floor = max(0.0, math.floor(min(p.precision for p in points) * 10 - 1e-9) / 10)
    floor = min(floor, 0.9)

    def at(point: CoveragePoint) -> tuple[float, float]:
        return 44 + 372 * point.coverage, 16 + 240 * (1 - (point.precision - floor) / (1 - floor))

    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, points))
    parts = [_grid(floor), f'<polyline points="{path}" fill="none" stroke="var(--run)" stroke-width="2"/>']
    note = "no threshold was fixed"
    fixed = report.at_threshold
    if fixed is not None:
        value = at_interval(fixed)
        note = f"at {fixed.threshold} ‰: {share(value.estimate)} on {fixed.covered:,} of {fixed.n:,}"
        if fixed.covered and fixed.precision >= floor:
            x, y = at(fixed)
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="var(--panel)" stroke="var(--text)" '
                f'stroke-width="2"/><line x1="{x:.1f}" x2="{x:.1f}" y1="{y + 6:.1f}" y2="256" '
                'stroke="var(--text)" stroke-dasharray="2 3"/>'
            )
    drawn = f'<svg viewBox="0 0 440 300" role="img" aria-label="{_said(note)}">{"".join(parts)}</svg>'
    return _card("Agreement by coverage", note, drawn)


def _grid(floor: float) -> str:
    lines = []
    for step in range(5):
        value, y = floor + (1 - floor) * (1 - step / 4), 16 + 60 * step
        lines.append(f'<line x1="44" x2="416" y1="{y}" y2="{y}" stroke="var(--line)"/>')
        lines.append(f'<text x="36" y="{y + 4}" text-anchor="end">{value:.3g}</text>')
        x = 44 + 93 * step
        lines.append(f'<text x="{x}" y="274" text-anchor="middle">{25 * step} %</text>')
    lines.append('<text x="416" y="292" text-anchor="end">share of the cases decided</text>')
    return "".join(lines)


def _confused(report: ShadowReport) -> str:
    if not report.confused:
        return _card("Most often confused", "", "<p class=dim>Nothing was confused.</p>")
    rows = "".join(
        f"<tr><td>{_name(pair.human)}</td><td>{_name(pair.proposed)}</td>"
        f'<td class="n">{pair.cases} of {pair.of_human}</td></tr>'
        for pair in report.confused[:_MOST_CONFUSED]
    )
    table = f"<table><tr><th>Person</th><th>Agent</th><th class=n>Cases</th></tr>{rows}</table>"
    return _card("Most often confused", f"{min(len(report.confused), _MOST_CONFUSED)} pairs", table)


def _types(report: ShadowReport) -> str:
    """Agreement with its interval for the case types that fare worst."""
    shown = report.by_type[:_MOST_TYPES]
    if not shown:
        return ""
    height = 28 * len(shown) + 32
    rows = "".join(_type_row(each, 28 * row) for row, each in enumerate(shown))
    ticks = "".join(
        f'<line x1="{_x(v)}" x2="{_x(v)}" y1="0" y2="{height - 28}" stroke="var(--line)"/>'
        f'<text x="{_x(v)}" y="{height - 8}" text-anchor="middle">{v:g}</text>'
        for v in (0, 0.25, 0.5, 0.75, 1)
    )
    note = f"worst {len(shown)} of {len(report.by_type)}, 95 % intervals; grey: fewer than 30 cases"
    drawn = f'<svg viewBox="0 0 960 {height}" role="img" aria-label="{note}">{ticks}{rows}</svg>'
    return f'<div class="wide">{_card("By what the person decided", note, drawn)}</div>'


def _x(value: float) -> float:
    return 320 + 480 * value


def _type_row(each: CaseType, top: int) -> str:
    value, y = each.agreement, top + 14
    colour = "var(--run)" if value.sufficient else "var(--shadow)"
    name = each.label if len(each.label) <= 44 else each.label[:43] + "…"
    right = round(value.estimate * value.n)
    return (
        f'<text class="t" x="0" y="{y + 4}">{_said(name)}</text>'
        f'<line x1="{_x(value.low):.1f}" x2="{_x(value.high):.1f}" y1="{y}" y2="{y}" stroke="{colour}" '
        f'stroke-opacity=".35" stroke-width="6"/>'
        f'<circle cx="{_x(value.estimate):.1f}" cy="{y}" r="5" fill="{colour}"/>'
        f'<text class="m" x="880" y="{y + 4}" text-anchor="end">{share(value.estimate)}</text>'
        f'<text class="m" x="956" y="{y + 4}" text-anchor="end">{right}/{value.n}</text>'
    )


def _disagreements(report: ShadowReport) -> str:
    shown = report.disagreements[:_MOST_SHOWN]
    if not shown:
        return ""
    rows = "".join(_disagreement(case) for case in shown)
    table = (
        "<table><tr><th>Case</th><th>Person</th><th>Agent</th><th>Ended</th><th class=n>Confidence</th></tr>"
        f"{rows}</table>"
    )
    note = f"{len(shown)} of {len(report.disagreements):,}, those it decided itself first"
    return f'<div class="wide">{_card("Where they differ", note, table)}</div>'


def _disagreement(case: ShadowCase) -> str:
    confidence = "–" if case.confidence_permille is None else f"{case.confidence_permille} ‰"
    text = f"<p>{_short(case.text)}</p>" if case.text else ""
    return (
        f"<tr><td><span class=mono>{_said(case.id)}</span>{text}</td><td>{_name(case.human or '')}</td>"
        f"<td>{_name(case.proposed or '–')}</td><td class=nw>{case.status.value.replace('_', ' ')}</td>"
        f'<td class="n">{confidence}</td></tr>'
    )


def _footer(report: ShadowReport) -> str:
    said = [
        f"Without a person's outcome, and so in no figure: {report.without_human:,}. "
        f"Of all {report.n:,}: {report.handed_off:,} handed off, {report.failed:,} failed, "
        f"{report.unfinished:,} unfinished.",
        "* A handed-off case counts by what the agent leaned to; a failed or unfinished one never agrees.",
        "Shares: exact 95 % intervals (Clopper-Pearson). Kappa: Fleiss, Cohen and Everitt. "
        "Fewer than 30 cases are called insufficient.",
        *report.notes,
    ]
    return f"<footer>{''.join(f'<p>{_said(each)}</p>' for each in said)}</footer>"
