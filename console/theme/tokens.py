"""The colours of the two themes: neutral grounds, controls in ink, one saturated colour per meaning.

A meaning `x` has three tones: `x` for text and icons (contrast >= 4.5 on every ground), `x_f` for bars and dots
(>= 3), `x_b` a tint to lay under `x`. Meanings: run (running, model), wait (a person is needed), ok (done, agrees),
err (failed, high risk, stop), tool, retr (retrieval), shadow (shadow, idle).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MEANINGS = ("run", "wait", "ok", "err", "tool", "retr", "shadow")

LIGHT: Mapping[str, str] = MappingProxyType({
    "ground": "#F5F5F4", "panel": "#FFFFFF", "raised": "#FAFAF9", "sunken": "#F1F1EF",
    "line": "#E4E4E1", "line2": "#D3D3CF", "sel": "#EDEFF3", "hover": "#F4F5F7",
    "text": "#1B1C1E", "dim": "#55585E", "faint": "#686B72",
    "ink": "#1F2124", "onink": "#FFFFFF", "accent": "#2F5FD0", "hatch": "#E2E2DF",
    "onred": "#FFFFFF", "red": "#C0303A",
    "run": "#2B63D4", "run_f": "#3B76EA", "run_b": "#E9F0FD",
    "wait": "#96580A", "wait_f": "#C98213", "wait_b": "#FDF2DF",
    "ok": "#1B7A47", "ok_f": "#35A368", "ok_b": "#E5F5EC",
    "err": "#C0303A", "err_f": "#DD4A53", "err_b": "#FCEBEC",
    "tool": "#7042C4", "tool_f": "#9168E0", "tool_b": "#F1EBFC",
    "retr": "#0F7480", "retr_f": "#2B9BA8", "retr_b": "#E2F3F5",
    "shadow": "#62656C", "shadow_f": "#84878E", "shadow_b": "#EFEFEE",
})  # fmt: skip

DARK: Mapping[str, str] = MappingProxyType({
    "ground": "#0F1012", "panel": "#16171A", "raised": "#1C1D21", "sunken": "#111214",
    "line": "#292B30", "line2": "#3A3D44", "sel": "#25282F", "hover": "#1F2126",
    "text": "#ECEDEF", "dim": "#A9ADB6", "faint": "#8C919B",
    "ink": "#ECEDEF", "onink": "#141518", "accent": "#7FA6FF", "hatch": "#2B2D33",
    "onred": "#1A0A0B", "red": "#E85D66",
    "run": "#7FA6FF", "run_f": "#5B8BF7", "run_b": "#1B2640",
    "wait": "#F0B357", "wait_f": "#E5A03C", "wait_b": "#332711",
    "ok": "#5CC98E", "ok_f": "#45B27A", "ok_b": "#142B20",
    "err": "#FF8088", "err_f": "#E85D66", "err_b": "#381B1F",
    "tool": "#BFA0FF", "tool_f": "#A07BEF", "tool_b": "#281F3D",
    "retr": "#5CC5D1", "retr_f": "#3EA7B4", "retr_b": "#122A2E",
    "shadow": "#A3A7B0", "shadow_f": "#7B808A", "shadow_b": "#232529",
})  # fmt: skip

PALETTES: Mapping[str, Mapping[str, str]] = MappingProxyType({"light": LIGHT, "dark": DARK})
