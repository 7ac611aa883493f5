"""Every command is documented, every document has its committed schema, and help is quick."""

from __future__ import annotations

import subprocess
import sys

import pytest

from agents.cli.documentation import commands, page
from agents.cli.schemas import COMMANDS, DOCUMENTS, as_text, schema
from tests.agents.cli.desk import REPOSITORY

HEAVY = ("litellm", "sqlmodel", "agents.engine.engine", "cel_expr_python", "PySide6", "pydantic", "keyring")


def test_every_command_is_documented() -> None:
    committed = (REPOSITORY / "docs" / "commands.md").read_text("utf-8")
    for name, command in commands():
        assert f"\n## {name}\n" in committed
        assert command.help, name
        for parameter in command.params:
            assert parameter.help, f"{name}: {parameter.name}"
    assert committed == page(), "run python -m agents.cli.documentation"


def test_every_command_with_json_has_a_schema() -> None:
    takes = {name for name, command in commands() if any(p.name == "as_json" for p in command.params)}
    assert takes == set(COMMANDS)
    assert set(COMMANDS.values()) == set(DOCUMENTS)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_the_committed_schema_is_the_code_s(name: str) -> None:
    path = REPOSITORY / "docs" / "schemas" / f"{name}.schema.json"
    assert path.read_text("utf-8") == as_text(schema(name)), "run python -m agents.cli.schemas"


def test_help_and_the_kill_load_nothing_heavy() -> None:
    code = "import sys, agents.cli.app as a, agents.cli.kill; a.build(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert not [name for name in HEAVY if name in done.stdout.split()]
