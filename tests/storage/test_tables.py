"""The SQLModel classes describe the tables that the migrations made, column by column."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing

import pytest
from sqlmodel import Integer, SQLModel

from storage import tables
from storage.migrations import fresh

CLASSES = [value for value in vars(tables).values() if isinstance(value, type) and value.__name__.endswith("Table")]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_class_equals_its_table(cls: type[SQLModel]) -> None:
    described = cls.__table__  # type: ignore[attr-defined]
    with closing(fresh()) as connection:
        real = connection.execute(f"PRAGMA table_info({described.name})").fetchall()
    mine = [
        (
            column.name,
            "INTEGER" if isinstance(column.type, Integer) else "TEXT",
            not column.nullable,
            column.primary_key,
        )
        for column in described.columns
    ]
    assert mine == [(name, kind, bool(notnull or key), bool(key)) for _, name, kind, notnull, _, key in real]


def test_opening_a_store_and_a_first_query_do_not_import_sqlmodel() -> None:
    script = "import sys, storage.store, storage.queries, storage.verify; assert 'sqlmodel' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)
