"""The commands as a supervisor uses them: a pilot, its trace, decisions, kills, copies."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from agents.cli.schemas import schema
from tests.agents.cli.desk import REPOSITORY, Desk, Done, note

Json = Any


def conforms(done: Done, document: str) -> Json:
    """Return the document of a command after holding it against its committed schema."""
    schema = json.loads((REPOSITORY / "docs" / "schemas" / f"{document}.schema.json").read_text())
    jsonschema.validate(done.json, schema)
    return done.json


def waiting(desk: Desk) -> list[Json]:
    return list(conforms(desk.run("approvals", "list", "--json"), "approvals")["approvals"])


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """A desk with one note that waits for ann."""
    done = desk.pilot(desk.cases(note(1)), "--mode", "live")
    assert done.status == 0, done.err
    assert desk.run("people", "add", "ann").status == 0
    return desk


def test_a_shadow_pilot_changes_nothing_and_reports(desk: Desk) -> None:
    done = desk.pilot(desk.cases(note(1), note(2)), "--json", "--report", str(desk.folder / "report.html"))
    assert done.status == 0, done.err
    result = conforms(done, "pilot")
    assert result["states"] == {"finished": 2}
    assert result["report"]["n"] == 2
    assert not list((desk.folder / "notes").iterdir())
    assert "<html" in (desk.folder / "report.html").read_text()


def test_refused_rows_are_listed_and_the_others_run(desk: Desk) -> None:
    done = desk.pilot(desk.cases(note(1), {"id": "x", "file": 3}), "--mode", "live", "--json")
    result = conforms(done, "pilot")
    assert done.status == 1
    assert result["states"] == {"asking": 1}
    assert [(row["row"], row["field"]) for row in result["refused"]] == [(2, "text")]
    readable = desk.pilot(desk.cases({"id": "y"}), "--mode", "live")
    assert "row 1" in readable.out


def test_a_live_pilot_leaves_requests_and_says_how_to_decide_them(desk: Desk) -> None:
    done = desk.pilot(desk.cases(note(1)), "--mode", "live")
    approval = waiting(desk)[0]["approval"]
    assert f"centaur approvals approve {approval}" in done.out
    assert "No keyring" in done.err


def test_approving_lets_the_run_go_on_to_its_end(asked: Desk) -> None:
    request = waiting(asked)[0]
    done = asked.run("approvals", "approve", request["approval"], "--as", "ann", "--now", "--json")
    assert done.status == 0, done.err
    result = conforms(done, "decision")
    assert (result["state"], result["outcome"]) == ("finished", {"written": "n1.txt"})
    assert (asked.folder / "notes" / "n1.txt").read_text() == "note 1"
    again = asked.run("approvals", "approve", request["approval"], "--as", "ann", "--now")
    assert again.status == 1
    assert "already" in again.err


def test_an_edit_is_what_runs(asked: Desk) -> None:
    approval = waiting(asked)[0]["approval"]
    done = asked.run("approvals", "edit", approval, "--set", "text=other", "--as", "ann", "--now", "--json")
    assert conforms(done, "decision")["choice"] == "edit"
    assert (asked.folder / "notes" / "n1.txt").read_text() == "other"


def test_an_edit_in_the_editor(asked: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    approval = waiting(asked)[0]["approval"]
    monkeypatch.setenv("EDITOR", "true")
    unchanged = asked.run("approvals", "edit", approval, "--as", "ann")
    assert (unchanged.status, "Nothing was changed" in unchanged.err) == (2, True)
    monkeypatch.setenv("EDITOR", "sed -i 's/note 1/by hand/'")
    assert asked.run("approvals", "edit", approval, "--as", "ann", "--now").status == 0
    assert (asked.folder / "notes" / "n1.txt").read_text() == "by hand"


@pytest.mark.parametrize(("command", "option"), [("reject", "--reason"), ("reply", "--text")])
def test_a_rejection_and_an_answer_reach_the_agent(asked: Desk, command: str, option: str) -> None:
    approval = waiting(asked)[0]["approval"]
    done = asked.run("approvals", command, approval, option, "Not this one.", "--as", "ann", "--now", "--json")
    assert done.status == 0, done.err
    assert conforms(done, "decision")["state"] == "handed_off"
    assert not list((asked.folder / "notes").iterdir())


def test_a_case_that_was_handed_over_is_decided(asked: Desk) -> None:
    request = waiting(asked)[0]
    case = conforms(asked.run("show", request["run"], "--json"), "show")["run"]["case"]
    early = asked.run("decide", case, "--outcome", "written=by hand")
    assert (early.status, "still works this case" in early.err) == (1, True)
    asked.run("approvals", "reject", request["approval"], "--reason", "Not this one.", "--as", "ann", "--now")
    wrong = asked.run("decide", case, "--outcome", '{"writen": 1}')
    assert (wrong.status, "written: this is required and missing. Did you mean `writen`?" in wrong.err) == (2, True)
    unclear = asked.run("decide", case, "--outcome", "by hand")
    assert (unclear.status, "sets nothing" in unclear.err) == (2, True)
    options = ("--outcome", "written=by hand", "--minutes", "4", "--note", "On paper.", "--as", "ann", "--json")
    done = conforms(asked.run("decide", case, *options), "case-decided")
    assert (done["outcome"], done["minutes"], done["run"]) == ({"written": "by hand"}, 4, request["run"])
    assert "decided the case: written by hand: On paper." in asked.run("show", request["run"]).out
    assert asked.run("decide", case, "--outcome", "written=again").status == 1


def test_who_may_not_decide_is_told_so(asked: Desk) -> None:
    assert asked.run("people", "add", "bob").status == 0
    done = asked.run("approvals", "approve", waiting(asked)[0]["approval"], "--as", "bob")
    assert done.status == 1
    assert "ann may" in done.err


def test_the_card_shows_everything_before_the_recommendation(asked: Desk) -> None:
    approval = waiting(asked)[0]["approval"]
    card = conforms(asked.run("approvals", "show", approval, "--json"), "approval-card")
    assert card["arguments"] == {"path": "n1.txt", "text": "note 1"}
    assert card["origins"][0]["proven"]
    readable = asked.run("approvals", "show", approval).out
    parts = ["Write the file n1.txt.", "proven by", "Undo", "Every note is seen first.", "Decided by"]
    places = [readable.index(part) for part in parts]
    assert places == sorted(places)


def test_the_trace_says_what_was_done_why_and_who_is_waited_for(asked: Desk) -> None:
    runs = conforms(asked.run("runs", "--state", "asking", "--json"), "runs")["runs"]
    shown = asked.run("show", runs[0]["run"])
    for words in ("Write the file n1.txt.", "notes-are-seen: Every note is seen first.", "proven by", "waits for ann"):
        assert words in shown.out
    asked.run("approvals", "approve", waiting(asked)[0]["approval"], "--as", "ann", "--now")
    trace = conforms(asked.run("show", runs[0]["run"], "--json"), "show")
    call = next(step for step in trace["steps"] if step["kind"] == "model")["calls"][-1]
    assert call["status"] == "ok"
    assert (call["approvals"][0]["person"], call["approvals"][0]["choice"]) == ("ann", "approve")
    assert trace["outcome"] == {"written": "n1.txt"}


def test_runs_are_filtered_and_paged(desk: Desk) -> None:
    desk.pilot(desk.cases(*(note(number) for number in range(5))))
    assert len(desk.run("runs", "--limit", "2", "--json").json["runs"]) == 2
    assert desk.run("runs", "--limit", "2", "--json").json["more"]
    assert len(desk.run("runs", "--all", "--json").json["runs"]) == 5
    assert desk.run("runs", "--mode", "live", "--json").json["runs"] == []
    wrong = desk.run("runs", "--state", "finishd")
    assert (wrong.status, "finished" in wrong.err) == (2, True)


def test_a_case_is_erased_after_asking_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.pilot(desk.cases(note(1), note(2)))
    case = desk.run("runs", "--json").json["runs"][0]["case"]
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    done = desk.run("erase", case, "--reason", "Asked.")
    assert (done.status, "Nothing was erased" in done.err) == (1, True)
    assert desk.run("backup", desk.folder / "copy.db").status == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{case}\n"))
    done = desk.run("erase", case, "--reason", "Asked.")
    assert done.status == 0, done.err
    assert "copy.db" in done.out.replace("\n", "")
    assert desk.run("erase", case, "--reason", "Asked.", "--yes").status == 2
    assert desk.run("verify", "--tables").status == 0
    other = desk.run("runs", "--json").json["runs"][1]["case"]
    document = desk.run("erase", other, "--reason", "Asked.", "--yes", "--json").json
    jsonschema.validate(document, schema("erase"))
    assert (document["case"], document["erased"] > 1) == (other, True)


@pytest.mark.parametrize("columns", [120, 60, 30])
def test_ids_stay_whole_on_a_narrow_terminal(desk: Desk, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.pilot(desk.cases(*map(note, range(5))))
    runs = [run["run"] for run in desk.run("runs", "--json").json["runs"]]
    monkeypatch.setenv("COLUMNS", str(columns))
    listed = desk.run("runs").out
    assert len(runs) == 5
    assert all(run in listed for run in runs), listed


def test_a_kill_stops_waiting_runs_and_stands_until_lifted(asked: Desk) -> None:
    done = conforms(asked.run("kill", "--agent", "notes", "--reason", "wrong notes", "--json"), "kill")["kills"][0]
    assert (done["reached"], done["contained"], done["acknowledged"]) == ("engine", True, 1)
    assert waiting(asked) == []
    standing = conforms(asked.run("kill", "--status", "--json"), "kill")["kills"]
    assert [kill["kill"] for kill in standing] == [done["kill"]]
    assert asked.run("kill", "--lift", done["kill"]).status == 2
    lifted = asked.run("kill", "--lift", done["kill"], "--reason", "mended", "--json")
    assert conforms(lifted, "kill")["kills"][0]["lifted_at"]
    assert asked.run("kill", "--status", "--json").json["kills"] == []


def test_verify_copies_and_the_way_back(asked: Desk) -> None:
    copy = asked.folder / "copy.db"
    made = conforms(asked.run("backup", copy, "--json"), "backup")
    found = conforms(asked.run("verify", "--tables", "--json"), "verify")
    assert (found["ok"], found["tables"]) == (True, 0)
    assert asked.run("backup", copy).status == 1
    assert conforms(asked.run("rebuild", "--json"), "rebuild")["events"] == found["events"]
    back = conforms(asked.run("restore", copy, "--json"), "restore")
    assert back["last_seq"] == made["last_seq"]
    assert Path(back["replaced"]).exists()


def test_verify_names_the_first_bad_event(asked: Desk) -> None:
    connection = sqlite3.connect(asked.store)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(
        "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'live', 'life') AS BLOB) WHERE kind = 'pilot.started'"
    )
    edited = connection.execute("SELECT seq FROM event WHERE kind = 'pilot.started'").fetchone()[0]
    connection.commit()
    connection.close()
    done = asked.run("verify", "--json")
    found = conforms(done, "verify")
    assert done.status == 1
    assert any(each["seq"] == edited for each in found["findings"])
    assert f"event {edited}" in asked.run("verify").out


@pytest.mark.parametrize(
    ("arguments", "document", "status"),
    [
        (lambda desk: ("doctor",), "doctor", 1),
        (lambda desk: ("people",), "people", 0),
        (lambda desk: ("people", "list"), "people", 0),
        (lambda desk: ("job", "check", desk.job), "job-check", 0),
        (lambda desk: ("policy", "check", REPOSITORY / "resources" / "policies" / "default.yaml"), "policy-check", 0),
    ],
)
def test_other_documents_fit_their_schemas(
    asked: Desk, arguments: Callable[[Desk], tuple[str, ...]], document: str, status: int
) -> None:
    done = asked.run(*arguments(asked), "--json")
    conforms(done, document)
    assert done.status == status
    assert asked.run(*arguments(asked)).out.strip()
