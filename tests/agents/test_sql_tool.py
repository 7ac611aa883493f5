"""The SQL tools on a real SQLite file: reads cannot write, writes are all or nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.tools.sql import SqlQuery, SqlQueryConfig, SqlStatement, SqlStatementConfig
from agents.tools.sql_run import Limits, change, select
from agents.tools.tool import CallContext, Json, LivePermit, ToolFailed
from storage.errors import BadInput

CONTEXT = CallContext("run-1", "call-1", "key-1")
NUMBER = {"type": "object", "properties": {"number": {"type": "string"}, "state": {"type": "string"}}}
QUICK = Limits(seconds=0.3, lock_seconds=0.05)


@pytest.fixture
def erp(tmp_path: Path) -> Path:
    path = tmp_path / "erp.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE invoice (number TEXT PRIMARY KEY, state TEXT, amount, key TEXT UNIQUE)")
        db.execute("CREATE TABLE line (invoice TEXT REFERENCES invoice DEFERRABLE INITIALLY DEFERRED)")
        db.executemany(
            "INSERT INTO invoice VALUES (?, ?, ?, NULL)",
            [("A1", "open", 12), ("A2", "open", 0.1), ("A3", "paid", b"xy")],
        )
    return path


def query(erp: Path, sql: str, limits: Limits = QUICK) -> SqlQuery:
    return SqlQuery(SqlQueryConfig("find", "Finds.", erp, sql, NUMBER, limits))


def statement(erp: Path, sql: str, rows: int = 1, before: str | None = None) -> SqlStatement:
    return SqlStatement(SqlStatementConfig("pay", "Pays.", erp, sql, NUMBER, rows, before, QUICK))


async def read(tool: SqlQuery, **args: Json) -> Json:
    return await tool.reader().read(args, CONTEXT)


async def write(tool: SqlStatement, **args: Json) -> Json:
    return await tool.writer(LivePermit()).write(args, CONTEXT)


def states(erp: Path) -> dict[str, str]:
    with closing(sqlite3.connect(erp)) as db:
        return dict(db.execute("SELECT number, state FROM invoice"))


PAY = "UPDATE invoice SET state = 'paid', key = :idempotency_key WHERE number = :number AND state = 'open'"


async def test_a_query_returns_exact_values_by_column(erp: Path) -> None:
    got = await read(query(erp, "SELECT number, amount FROM invoice ORDER BY number"))
    assert got == {
        "rows": [
            {"number": "A1", "amount": 12},
            {"number": "A2", "amount": "0.1"},
            {"number": "A3", "amount": "(2 bytes)"},
        ],
        "more": False,
    }


async def test_a_value_is_never_sql(erp: Path) -> None:
    found = query(erp, "SELECT number FROM invoice WHERE number = :number")
    assert (await read(found, number="A1' OR '1'='1"))["rows"] == []
    assert (await read(found, number="A1"))["rows"] == [{"number": "A1"}]
    assert (await read(found))["rows"] == []


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
def test_any_text_is_only_a_value(erp: Path, text: str) -> None:
    got = select(erp, "SELECT :number AS said", {"number": text}, QUICK)
    assert got["rows"] == [{"said": text}]


async def test_a_query_cannot_write(erp: Path) -> None:
    sneaky = query(erp, "WITH x AS (SELECT 1) DELETE FROM invoice")
    with pytest.raises(ToolFailed) as failed:
        await read(sneaky)
    assert failed.value.category == "refused"
    assert len(states(erp)) == 3


async def test_rows_bytes_and_time_are_capped(erp: Path) -> None:
    counting = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT i FROM c"
    some = await read(query(erp, counting, Limits(rows=3)))
    assert (len(some["rows"]), some["more"]) == (3, True)
    assert (await read(query(erp, counting, Limits(rows=10**9, bytes=50))))["more"] is True
    with pytest.raises(ToolFailed, match=r"Stopped after 0\.3 s") as failed:
        await read(query(erp, counting + " WHERE i < 0"))
    assert failed.value.category == "timeout"


async def test_a_statement_changes_the_expected_rows_once(erp: Path) -> None:
    pay = statement(erp, PAY)
    assert await write(pay, number="A1") == {"changed": 1}
    with closing(sqlite3.connect(erp)) as db:
        assert db.execute("SELECT key FROM invoice WHERE number = 'A1'").fetchone() == ("key-1",)
    with pytest.raises(ToolFailed, match="0 rows would have changed") as failed:
        await write(pay, number="A1")
    assert failed.value.did_nothing
    assert failed.value.category == "conflict"


async def test_another_number_of_rows_is_rolled_back(erp: Path) -> None:
    with pytest.raises(ToolFailed, match="2 rows would have changed, 1 expected") as failed:
        await write(statement(erp, "UPDATE invoice SET state = 'paid' WHERE state = 'open'"))
    assert failed.value.did_nothing
    assert states(erp) == {"A1": "open", "A2": "open", "A3": "paid"}


async def test_the_idempotency_key_lets_the_database_refuse_a_second_time(erp: Path) -> None:
    insert = statement(erp, "INSERT INTO invoice VALUES (:number, :state, 1, :idempotency_key)")
    await write(insert, number="B1", state="new")
    with pytest.raises(ToolFailed, match="UNIQUE") as failed:
        await write(insert, number="B2", state="new")
    assert (failed.value.category, failed.value.did_nothing) == ("conflict", True)
    assert "B2" not in states(erp)


async def test_a_commit_that_is_refused_did_nothing(erp: Path) -> None:
    orphan = statement(erp, "INSERT INTO line VALUES (:number)")
    with pytest.raises(ToolFailed, match="could not be committed") as failed:
        await write(orphan, number="none")
    assert failed.value.did_nothing


async def test_returning_counts_its_rows(erp: Path) -> None:
    assert await write(statement(erp, PAY + " RETURNING number"), number="A2") == {"changed": 1}
    assert states(erp)["A2"] == "paid"


async def test_a_locked_database_is_said_so_and_nothing_is_done(erp: Path) -> None:
    with closing(sqlite3.connect(erp, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(ToolFailed, match="in use") as failed:
            await write(statement(erp, PAY), number="A1")
        assert failed.value.did_nothing
        other.execute("ROLLBACK")


async def test_a_preview_shows_the_record_and_changes_nothing(erp: Path) -> None:
    shown = statement(erp, PAY, before="SELECT state FROM invoice WHERE number = :number").previewer()
    assert shown is not None
    bytes_before = erp.read_bytes()
    assert await shown.preview({"number": "A1"}) == ([{"state": "open"}], {"number": "A1"})
    assert erp.read_bytes() == bytes_before
    assert statement(erp, PAY).previewer() is None


async def test_a_missing_or_foreign_file_is_unreachable_and_not_created(tmp_path: Path) -> None:
    missing = tmp_path / "none.sqlite"
    for call in (read(query(missing, "SELECT 1")), write(statement(missing, PAY), number="A1")):
        with pytest.raises(ToolFailed) as failed:
            await call
        assert failed.value.category == "unreachable"
    assert not missing.exists()
    (tmp_path / "text.sqlite").write_bytes(b"this is not a database, whatever its name says" * 30)
    with pytest.raises(ToolFailed) as failed:
        await read(query(tmp_path / "text.sqlite", "SELECT * FROM invoice"))
    assert failed.value.category == "unreachable"


@pytest.mark.parametrize("value", [1.5, ["a"], {"a": 1}, 2**63])
async def test_a_value_that_is_not_exact_is_a_bad_argument(erp: Path, value: Json) -> None:
    with pytest.raises(ToolFailed) as failed:
        await write(statement(erp, PAY), number=value)
    assert failed.value.category == "bad_arguments"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT 1; DELETE FROM invoice", "two statements"),
        ("DELETE FROM invoice", "not one SELECT"),
        ("PRAGMA query_only = OFF", "not one SELECT"),
        ("ATTACH 'x' AS y", "not one SELECT"),
        ("SELECT :numbr", "not a declared parameter"),
        ("SELECT ?", "nameless"),
        ("-- only a comment", "not one SELECT"),
    ],
)
def test_sql_that_does_not_fit_is_refused_when_declared(erp: Path, sql: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        query(erp, sql)


def test_places_in_quotes_and_comments_are_only_text(erp: Path) -> None:
    query(erp, "SELECT ':x; ?' AS a, \"number\" FROM invoice /* :y ; */ WHERE number = :number -- :z ?")
    with pytest.raises(BadInput, match="not one INSERT"):
        statement(erp, "SELECT 1")


def test_a_statement_cannot_be_built_without_a_permit(erp: Path) -> None:
    with pytest.raises(TypeError):
        statement(erp, PAY).writer("no permit")  # type: ignore[arg-type]
    assert query(erp, "SELECT 1").writer(LivePermit()) is None
    assert change(erp, PAY, {"number": "A1", "idempotency_key": "k"}, 1, QUICK) == 1
