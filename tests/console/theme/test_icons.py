"""Each icon that the console names is bundled, with its licence."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import console
import resources

SOURCES = sorted(Path(console.__file__).parent.rglob("*.py"))
ICONS = Path(resources.__file__).parent / "icons"
PLACES = {"icon": (1, 2, 3), "IconButton": (1,), "Icon": (1,), "EmptyState": (1,), "set_icon": (0,), "show_icon": (0,),
          "Pill": (3,), "Field": (2,), "Notice": (4,), "paint_pill": (6,), "pill_size": (2,)}  # fmt: skip
"""Where a call has the name of an icon, by what is called; `look.icon` has it first, `paint.icon` fourth."""


def named(tree: ast.AST) -> Iterator[str]:
    """Yield the names of icons in a module: in calls, `icon = …` of classes, tables called …ICON…, and icon=…"""
    nodes = list(ast.walk(tree))
    ours = {
        alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("console.widgets")
        for alias in node.names
    } | {"set_icon", "show_icon", "Button"}
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="paint"), attr="icon"), args=args):
                yield from strings(args[3:4])
            case ast.Call(func=ast.Attribute(attr="icon"), args=args):
                yield from strings(args[:1])
            case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called), args=args) if (
                called in PLACES and called in ours
            ):
                yield from strings([args[at] for at in PLACES[called] if at < len(args)])
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if "ICON" in name or name == "icon":
                yield from strings([value])
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if "ICON" in name or name == "icon":
                yield from strings([value])
        if isinstance(node, ast.Call):
            yield from strings([word.value for word in node.keywords if word.arg in ("icon", "icon_name")])


def strings(nodes: list[ast.expr], depth: int = 0) -> Iterator[str]:
    """Yield the texts in expressions, those of a row as "one|other"; no keys of a table, no conditions."""
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)) if text:
                yield text
            case ast.Dict(values=values):
                yield from strings(values, depth + 1)
            case ast.Tuple(elts=parts) if depth and parts:
                # A row of a table: what, icon, colour, in any order.
                row = [text for part in strings(parts, depth + 1) for text in part.split("|")]
                yield "|".join(row)
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.BoolOp(values=parts):
                yield from strings(parts, depth + 1)
            case ast.IfExp(body=yes, orelse=no):
                yield from strings([yes, no], depth)


def test_each_icon_that_is_named_is_there() -> None:
    there = {icon.stem for icon in ICONS.glob("*.svg")}
    missing = [
        f"{source.stem}: {row}"
        for source in SOURCES
        for row in sorted(set(named(ast.parse(source.read_text(encoding="utf-8")))))
        if there.isdisjoint(row.split("|"))
    ]
    assert missing == []


def test_names_are_found_where_they_stand() -> None:
    source = 'paint.icon(p, look, box, "no-a"); Button(look, "x", icon="no-b" if y else "no-c")\nICONS = {"k": "no-d"}'
    assert set(named(ast.parse(source))) == {"no-a", "no-b", "no-c", "no-d"}


def test_fonts_and_icons_have_their_licences() -> None:
    fonts = ICONS.parent / "fonts"
    assert "ISC License" in (ICONS / "LICENSE.txt").read_text(encoding="utf-8")
    for name in ("Inter-OFL.txt", "JetBrainsMono-OFL.txt"):
        assert "SIL OPEN FONT LICENSE" in (fonts / name).read_text(encoding="utf-8")
