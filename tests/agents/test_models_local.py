"""The local models: a script, a recording, and a playbook that is taken up again after a restart."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from agents.models.model import ModelFailed, ProposedCall, Reply, ResultStatus, Turn
from agents.models.playbook import PlaybookModel
from agents.models.recorded import Diverged, RecordedModel, first_divergence
from agents.models.scripted import ScriptedModel
from tests.agents.jobs import accepted, answer, program, prompt

FIRST = Reply("first", (ProposedCall("a", "x", b'{"n":1}'),))
SECOND = Reply("second", (ProposedCall("b", "y", b"{}"),))
LOG = (accepted(FIRST), accepted(SECOND))


def test_a_script_is_read_by_the_number_of_turns() -> None:
    model = ScriptedModel([FIRST, ModelFailed("down", category="overloaded", transient=True)], remote=True)
    heard: list[str] = []
    assert asyncio.run(model.reply(prompt({}), heard.append)) == FIRST
    assert "".join(heard).strip() == "first"
    with pytest.raises(ModelFailed, match="down"):
        asyncio.run(model.reply(prompt({}, LOG[:1])))
    assert asyncio.run(model.reply(prompt({}, LOG))).calls == ()
    assert model.remote
    assert asyncio.run(ScriptedModel(lambda p: Reply(p.run)).reply(prompt({}))).text == "r1"


def test_a_recording_answers_as_before() -> None:
    model = RecordedModel(LOG)
    assert asyncio.run(model.reply(prompt({}))) == FIRST
    assert asyncio.run(model.reply(prompt({}, LOG[:1]))) == SECOND
    assert asyncio.run(model.reply(prompt({}, LOG))).calls == ()


@pytest.mark.parametrize(
    ("now", "step", "got"),
    [
        (Turn(FIRST, (answer(FIRST.calls[0], {"other": 1}),)), "a", {"other": 1}),
        (Turn(FIRST, (answer(FIRST.calls[0], status=ResultStatus.FAILED),)), "a", "failed"),
        (accepted(replace(FIRST, calls=(ProposedCall("a", "x", b'{"n":2}'),))), "a", '{"n":2}'),
        (accepted(SECOND), "a", "y (b)"),
        (Turn(replace(FIRST, calls=()), ()), "turn 1", []),
    ],
)
def test_a_recording_reports_where_the_run_leaves_it(now: Turn, step: str, got: object) -> None:
    with pytest.raises(Diverged) as caught:
        asyncio.run(RecordedModel(LOG).reply(prompt({}, (now,))))
    assert (caught.value.step, caught.value.got) == (step, got)


def test_a_longer_run_has_left_its_record() -> None:
    found = first_divergence(LOG[:1], LOG)
    assert found is not None
    assert found.step == "turn 2"
    assert first_divergence(LOG, LOG[:1]) is None


def test_a_playbook_is_taken_up_where_it_was_also_when_history_changed() -> None:
    made = program("- {id: a, call: x}\n- {id: f, finish: {outcome: {o: '${steps.a.l}'}}}")
    model = PlaybookModel(made, kept=1)
    first = asyncio.run(model.reply(prompt({})))
    turn = after = None
    for label in ("one", "two"):
        turn = Turn(first, tuple(answer(call, {"l": label}) for call in first.calls))
        after = asyncio.run(model.reply(prompt({}, (turn,))))
        assert label.encode() in after.calls[0].arguments
        assert asyncio.run(model.reply(prompt({}, (turn,)))) == after
    assert asyncio.run(model.reply(prompt({}, run="r2"))) == first
    assert turn is not None
    assert after is not None
    assert asyncio.run(PlaybookModel(made).reply(prompt({}, (turn, accepted(after))))).calls == ()
