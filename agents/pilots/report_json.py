"""The shadow report from its JSON: what `shadow.to_json` wrote, read back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from agents.pilots.shadow import CaseType, Cost, ShadowCase, ShadowReport, Status, Window
from agents.pilots.statistics import Confused, CoveragePoint, Interval

Json = Any


def report_of(shadow: Mapping[str, Json]) -> ShadowReport:
    """Return the report that its JSON (format 1) was made from."""
    window, cost, at = shadow["window"], shadow["cost"], shadow["at_threshold"]
    return ShadowReport(
        title=shadow["title"], outcome_field=shadow["outcome_field"], window=Window(**window) if window else None,
        n=shadow["n"], compared=shadow["compared"], without_human=shadow["without_human"],
        handed_off=shadow["handed_off"], failed=shadow["failed"], unfinished=shadow["unfinished"],
        compared_handed_off=shadow["compared_handed_off"], agreement=_interval(shadow["agreement"]),
        kappa=_interval(shadow["kappa"]), unaided=_interval(shadow["unaided"]),
        decided=_interval(shadow["decided"]), coverage=_interval(shadow["coverage"]),
        lower=_share(shadow["decided"]["lower_95"]),
        threshold_permille=at["threshold_permille"] if at else None, at_threshold=_point(at) if at else None,
        curve=tuple(_point(point) for point in shadow["curve"]),
        confused=tuple(Confused(**pair) for pair in shadow["worst_confused"]),
        table=tuple((each["human"], each["proposed"], each["cases"]) for each in shadow["confusion"]),
        by_type=tuple(CaseType(each["label"], _interval(each["agreement"])) for each in shadow["by_type"]),
        disagreements=tuple(_disagreement(each) for each in shadow["disagreements"]),
        cost=Cost(**cost) if cost else None, notes=tuple(shadow["notes"]),
    )  # fmt: skip


def _share(value: str | None) -> float:
    return math.nan if value is None else float(value)


def _interval(value: Mapping[str, Json]) -> Interval:
    return Interval(_share(value["estimate"]), _share(value["low"]), _share(value["high"]), value["n"])


def _point(point: Mapping[str, Json]) -> CoveragePoint:
    agreed = _share(point["agreement"]["estimate"])
    right = 0 if math.isnan(agreed) else round(agreed * point["covered"])
    return CoveragePoint(point["threshold_permille"], point["covered"], right, point["n"])


def _disagreement(case: Mapping[str, Json]) -> ShadowCase:
    return ShadowCase(
        case["case"], case["proposed"], case["human"], Status(case["status"]), case.get("confidence_permille"),
        case.get("text", ""), case.get("run", ""),
    )  # fmt: skip
