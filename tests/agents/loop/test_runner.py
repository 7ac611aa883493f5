"""The loop at work: several calls in one reply, refusals that go back to the model, limits, waits."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from agents.models.model import ModelFailed, Prompt, Reply, ResultStatus, Usage
from agents.models.scripted import ScriptedModel
from storage.events.calls import CallDecided, Ruling, ToolFinished, ToolRecorded, ToolStarted
from storage.events.cases import Mode
from storage.events.runs import (
    CriteriaChecked,
    HandoffCause,
    Informed,
    LimitReached,
    ModelFinished,
    ModelStarted,
    RunFailed,
    RunFinished,
    RunHandedOff,
)
from tests.agents.workbench import TOOLS, bench, call, finish, job_text, says

CHANGE = {"id": "A1", "balance": 5}
MUCH = {"id": "A1", "balance": 5000}


def last_results(prompt: Prompt) -> list[tuple[str, ResultStatus]]:
    return [(result.call.tool, result.status) for result in prompt.turns[-1].results]


async def test_calls_of_one_reply_are_each_decided_and_their_results_come_back_in_order(tmp_path: Path) -> None:
    seen: list[Prompt] = []
    first = says(
        call("look_up", {"id": "A1"}),
        call("change", {"id": "A2", "balance": -1}),
        call("no_such_tool", {}),
        call("look_up", b"{broken"),
        call("look_up", {"id": 7}),
        call("look_up", {"id": "A2", "extra": 1}),
        call("write_note", {"path": "a.txt", "text": "x"}),
        call("read_note", {"path": "missing.txt"}),
        call("list_notes"),
    )

    def script(prompt: Prompt) -> Reply:
        seen.append(prompt)
        return says(finish()) if prompt.turns else first

    async with bench(tmp_path / "w", script) as b:
        run = await b.one()
        assert b.run_state(run) == "finished"
        results = seen[1].turns[0].results
        assert [result.call.id for result in results] == [proposed.id for proposed in first.calls]
        refused, failed, ok = ResultStatus.REFUSED, ResultStatus.FAILED, ResultStatus.OK
        assert [r.status for r in results] == [ok, refused, refused, refused, refused, refused, refused, failed, ok]
        rules = [body.rule for body in b.bodies(run, CallDecided)]
        assert rules[1:7] == [
            "never-minus", "unknown-tool", "malformed-arguments", "malformed-arguments", "malformed-arguments",
            "rule-error:broken",
        ]  # fmt: skip
        assert "look_up" in results[2].content["error"]
        assert "extra" in results[5].content["error"]
        assert not (tmp_path / "w/notes/a.txt").exists()


async def test_an_asked_call_waits_while_its_neighbours_run(tmp_path: Path) -> None:
    small = call("change", CHANGE | {"id": "A3"}, "small")
    script = [says(call("change", MUCH, "big"), call("look_up", {"id": "A2"}, "look"), small), says(finish())]
    async with bench(tmp_path / "w", script) as b:
        run = await b.one()
        assert b.run_state(run) == "asking"
        assert {body.call for body in b.bodies(run, ToolFinished)} == {"look", "small"}
        assert (b.balance("A1"), b.balance("A3")) == (100, 5)
        await b.approve_all()
        assert b.run_state(run) == "finished"
        assert b.balance("A1") == 5000
        started = b.bodies(run, ToolStarted)
        assert [body.call for body in started].count("big") == 1


async def test_calls_of_one_reply_run_at_the_same_time(tmp_path: Path) -> None:
    script = [says(*(call("look_up", {"id": f"A{n}"}) for n in range(1, 6))), says(finish())]
    async with bench(tmp_path / "w", script) as b:
        run = await b.one()
        kinds = [body.kind for body in b.bodies(run, ToolStarted, ToolFinished)]
        assert kinds == ["tool.started"] * 5 + ["tool.finished"] * 5


async def test_an_outcome_that_fits_neither_schema_nor_criteria_goes_back_and_then_to_a_person(tmp_path: Path) -> None:
    seen: list[Prompt] = []
    replies = [says(call("finish", {"outcome": {"resul": "x"}})), says(finish("wrong"))]

    def script(prompt: Prompt) -> Reply:
        seen.append(prompt)
        return replies[len(prompt.turns)]

    async with bench(tmp_path / "w", script) as b:
        run = await b.one()
        assert last_results(seen[1]) == [("finish", ResultStatus.REFUSED)]
        assert "result" in seen[1].turns[0].results[0].content["error"]
        ended = b.bodies(run, RunHandedOff)[0]
        assert ended.cause is HandoffCause.CRITERION
        assert len(b.bodies(run, CriteriaChecked)) == 2
        assert json.loads(b.text(ended.handoff))["options"][0]["outcome"] == {"result": "wrong"}


async def test_a_mended_outcome_finishes(tmp_path: Path) -> None:
    async with bench(tmp_path / "w", [says(finish("wrong")), says(finish("right"))]) as b:
        run = await b.one()
        assert json.loads(b.text(b.bodies(run, RunFinished)[0].outcome)) == {"result": "right"}


async def test_an_escalation_rule_sends_a_good_outcome_to_its_person(tmp_path: Path) -> None:
    async with bench(tmp_path / "w", [says(finish("delicate"))]) as b:
        ended = b.bodies(await b.one(), RunHandedOff)[0]
        assert (ended.cause, ended.rule, ended.to) == (HandoffCause.ESCALATION_RULE, "delicate", "ann")


async def test_a_model_that_does_nothing_is_nudged_once_and_then_relieved(tmp_path: Path) -> None:
    seen: list[Prompt] = []

    def script(prompt: Prompt) -> Reply:
        seen.append(prompt)
        return Reply(text="Hm.")

    async with bench(tmp_path / "w", script) as b:
        ended = b.bodies(await b.one(), RunHandedOff)[0]
        assert ended.cause is HandoffCause.NOTHING_TO_DO
        assert len(seen) == 2
        assert "finish" in seen[1].turns[0].said[-1]


async def test_ids_that_a_model_repeats_are_told_apart(tmp_path: Path) -> None:
    look = call("look_up", {"id": "A1"}, "same")
    twice = says(look, call("look_up", {"id": "A2"}, "same"))
    async with bench(tmp_path / "w", [twice, says(look), says(finish(id_="same"))]) as b:
        run = await b.one()
        assert b.run_state(run) == "finished"
        ids = [c.call for body in b.bodies(run, ModelFinished) for c in body.calls]
        assert len(ids) == len(set(ids)) == 4


async def test_a_remote_model_is_asked_only_after_the_intent_is_committed(tmp_path: Path) -> None:
    kinds: list[list[str]] = []
    found: list[str] = []

    def script(prompt: Prompt) -> Reply:
        found.append(prompt.run)
        kinds.append([event.body.kind for event in engines[0].ledger.run_events(prompt.run)])
        return says(finish()) if prompt.turns else says(call("look_up", {"id": "A1"}))

    engines = []
    async with bench(tmp_path / "w", ScriptedModel(script, remote=True)) as b:
        engines.append(b.engine)
        await b.one()
    assert kinds[0] == ["run.started", "model.started"]
    assert kinds[1][-1] == "model.started"


async def test_a_failing_model_hands_the_case_over_with_the_cause(tmp_path: Path) -> None:
    failure = ModelFailed("The endpoint is on fire.", category="overloaded", transient=True, usage=Usage(7, 0, 3))
    async with bench(tmp_path / "w", [says(call("look_up", {"id": "A1"})), failure]) as b:
        run = await b.one()
        ended = b.bodies(run, RunHandedOff)[0]
        assert ended.cause is HandoffCause.MODEL_FAILED
        handoff = json.loads(b.text(ended.handoff))
        assert "on fire" in handoff["summary"]
        assert "look_up answered" in handoff["evidence"][0]["text"]
        assert b.state(run).used.tokens == 7


async def test_a_defective_model_does_not_lose_the_case(tmp_path: Path) -> None:
    def script(prompt: Prompt) -> Reply:
        raise RuntimeError("a bug")

    async with bench(tmp_path / "w", script) as b:
        run = await b.one()
        await asyncio.gather(*b.engine._background)
        failed = b.bodies(run, RunFailed)[0]
        assert b.text(failed.message) == "RuntimeError: a bug"
        assert b.run_state(run) == "failed"


@pytest.mark.parametrize("mode", [Mode.SHADOW, Mode.REPLAY, Mode.REHEARSAL])
async def test_outside_live_nobody_is_waited_for(tmp_path: Path, mode: Mode) -> None:
    wait = call("wait", {"for": "reply", "question": "Really?", "to": "ann"}, "w")
    async with bench(tmp_path / "w", [says(wait), says(call("change", MUCH, "c")), says(finish())]) as b:
        run = await b.one(mode)
        assert b.run_state(run) == "finished"
        assert {body.call for body in b.bodies(run, ToolRecorded)} == {"w", "c"}
        assert b.balance() == 100


# -- limits ---------------------------------------------------------------------------------------------------------

FOREVER = ScriptedModel(lambda prompt: says(call("look_up", {"id": "A1"}), tokens=10, cost=100))


@pytest.mark.parametrize(
    ("limit", "name", "turns"),
    [
        ("turns: 4", "turns", 4),
        ("turns: 50, tokens: 25", "tokens", 3),
        ("turns: 50, cost_micros: 300", "cost_micros", 3),
    ],
)
async def test_limits_stop_a_run_before_the_call_that_would_exceed_them(
    tmp_path: Path, limit: str, name: str, turns: int
) -> None:
    job = job_text(limits=f"limits: {{run: {{{limit}}}}}\n")
    async with bench(tmp_path / "w", FOREVER, job) as b:
        run = await b.one()
        assert b.bodies(run, LimitReached)[0].limit == name
        assert b.bodies(run, RunHandedOff)[0].cause is HandoffCause.LIMIT
        assert len(b.bodies(run, ModelStarted)) == turns


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.SHADOW])
async def test_writes_are_limited_the_same_live_and_in_shadow(tmp_path: Path, mode: Mode) -> None:
    model = ScriptedModel(lambda prompt: says(call("change", {"id": "A1", "balance": len(prompt.turns)})))
    async with bench(tmp_path / "w", model) as b:
        run = await b.one(mode)
        reached = b.bodies(run, LimitReached)[0]
        assert (reached.limit, reached.allowed, reached.used) == ("writes", 3, 3)
        assert len(b.bodies(run, ToolStarted if mode is Mode.LIVE else ToolRecorded)) == 3
        assert b.balance() == (2 if mode is Mode.LIVE else 100)


async def test_a_reply_with_more_writes_than_are_left_starts_none(tmp_path: Path) -> None:
    four = says(*(call("change", {"id": "A1", "balance": n}) for n in range(4)))
    async with bench(tmp_path / "w", [four]) as b:
        run = await b.one()
        assert b.bodies(run, LimitReached)[0].limit == "writes"
        assert not b.bodies(run, ToolStarted)
        assert b.balance() == 100


async def test_a_tool_may_be_called_so_often_and_no_more(tmp_path: Path) -> None:
    job = job_text(tools=TOOLS.replace("read_note, ", "read_note, limits: {calls: 1}, "))
    note = {"path": "hello.txt"}
    script = [says(call("read_note", note), call("read_note", note)), says(call("read_note", note)), says(finish())]
    async with bench(tmp_path / "w", script, job) as b:
        run = await b.one()
        rules = [body.rule for body in b.bodies(run, CallDecided) if body.ruling is Ruling.DENY]
        assert rules == ["tool-calls-limit", "tool-calls-limit"]


# -- waiting and people ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("watch", "why"),
    [
        ({"tool": "peek", "arguments": {"id": "A1"}}, "no-match"),
        ({"tool": "change", "arguments": {"id": "A1", "balance": 1}}, "not a read"),
        ({"tool": "look_up", "arguments": {"id": 7}}, "id"),
        ({"tool": "look_up", "arguments": {}}, "id"),
        ({"tool": "nonsense", "arguments": {}}, "nonsense"),
        ({"tool": "read_note", "arguments": {"path": "missing.txt"}}, "missing.txt"),
    ],
)
async def test_only_what_policy_allows_to_read_is_watched(tmp_path: Path, watch: dict[str, object], why: str) -> None:
    wait = call("wait", {"for": "change", "watch": watch}, "w")
    async with bench(tmp_path / "w", [says(wait), says(finish())]) as b:
        run = await b.one()
        refused = b.bodies(run, CallDecided)[0]
        assert (refused.call, refused.ruling) == ("w", Ruling.DENY)
        assert why in b.text(refused.message)
        assert b.run_state(run) == "finished"
        assert b.balance() == 100


async def test_who_is_to_be_informed_hears_of_a_handoff(tmp_path: Path) -> None:
    raci = "raci:\n  done: {R: agent, A: ann, I: [bob]}\n"
    escalate = call("escalate", {"summary": "s", "evidence": [], "options": [], "recommendation": "r"}, "done")
    async with bench(tmp_path / "w", [says(escalate)], job_text() + raci) as b:
        run = await b.one()
        informed = b.bodies(run, Informed)
        assert [body.to for body in informed] == ["bob"]
        assert "handed" in json.loads(b.text(informed[0].summary))["text"]


async def test_time_between_calls_is_nobodys_work(tmp_path: Path) -> None:
    """A run that waited for a week, or whose engine stood still for one, has not used its seconds."""
    script = [says(call("change", MUCH)), says(call("look_up", {"id": "A1"})), says(finish())]
    async with bench(tmp_path / "w", script) as b:
        run = await b.one()
        b.clock.ahead_us = 6 * 24 * 3600 * 1_000_000
        await b.approve_all()
        assert b.run_state(run) == "finished"
        assert b.state(run).worked_us < 60_000_000
