"""Builds small jobs and playbooks for tests."""

from __future__ import annotations

from pathlib import Path

from agents.job.description import Job, parse_job, parse_playbook
from agents.models.model import CallResult, Prompt, ProposedCall, Reply, ResultStatus, Turn
from agents.playbook.cel import CelCompiler
from agents.playbook.format import Playbook
from agents.playbook.program import Program, build_program

JOBS = Path(__file__).parents[2] / "resources" / "jobs"

MINIMAL = """\
format: 1
name: refunds
purpose: Decide refunds.
case:
  type: object
  required: [text]
  properties:
    text: {type: string, minLength: 1}
    amount: {type: number}
    kind: {type: string, enum: [goods, service]}
outcome:
  type: object
  required: [result]
  properties:
    result: {type: string, enum: [paid, declined]}
    confidence_permille: {type: integer}
tools:
  - {name: look_up, kind: files_read}
policy: {}
plan:
  format: 1
  steps:
    - {id: find, call: look_up, with: {text: "${case.text}"}}
    - {id: end, finish: {outcome: {result: paid}}}
"""


def job(text: str = MINIMAL, **replaced: str) -> Job:
    """The minimal job, sections added or replaced by YAML text: job(tier="2")."""
    for key, value in replaced.items():
        text += f"{key}: {value}\n"
    return parse_job(text)


def playbook(steps: str) -> Playbook:
    """A playbook with these steps."""
    return parse_playbook("format: 1\nsteps:\n" + steps)


def program(steps: str, handed: frozenset[str] = frozenset()) -> Program:
    """A compiled playbook whose case is not typed."""
    return build_program(playbook(steps), CelCompiler(), None, handed)


def answer(call: ProposedCall, content: object = None, status: ResultStatus = ResultStatus.OK) -> CallResult:
    """What a call came back with; something by default."""
    return CallResult(call, status, {"ok": True} if content is None else content)


def prompt(case: dict[str, object], turns: tuple[Turn, ...] = (), run: str = "r1") -> Prompt:
    """A prompt as the loop builds it."""
    return Prompt(run, "", case, (), turns)


def accepted(reply: Reply) -> Turn:
    """A turn in which every call succeeded."""
    return Turn(reply, tuple(answer(call) for call in reply.calls))
