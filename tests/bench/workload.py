"""The work that is measured: a real job whose model is a script and whose one tool does nothing.

A run is `turns` steps and a closing turn. A step is one model turn that asks for one call with about 300 bytes of
arguments, and the call's result of about 1 KB. No two texts are equal, so that nothing is stored once for many. The
model counts as remote: what it is asked is committed before it is asked, and what a call does before it is done.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.engine.engine import Engine, Surroundings
from agents.job.digest import digest as job_digest
from agents.job.loading import load_job
from agents.loop.charter import Charter, Manifest, digest, spec_json
from agents.loop.scheduler import Rested
from agents.models.model import Prompt, ProposedCall, Reply, Usage
from agents.models.scripted import ScriptedModel
from agents.own_json import dump
from agents.playbook.cel import CelCompiler
from agents.policy.rules import load_policy
from agents.tools.tool import (
    CallContext,
    Effect,
    LivePermit,
    Previewer,
    Reader,
    Sink,
    ToolSource,
    ToolSpec,
    Writer,
)
from agents.versions import published
from storage.events.body import Ref
from storage.events.cases import CaseReceived, Mode
from storage.events.envelope import ENGINE, Draft, agent
from storage.events.runs import RunStarted
from storage.events.workspace import Stage, StageChanged
from storage.ids import new_id

Json = Any
ROUTE = "scripted"
JOB = """
format: 1
name: note-keeping
purpose: Append what is known to the file that the case names.
accountable: [lead]
tier: 3
case:
  type: object
  required: [file, text]
  properties:
    file: {type: string, x-kind: "id:file", x-source: inbox}
    text: {type: string}
outcome:
  type: object
  required: [done]
  properties: {done: {type: integer}}
plan:
  format: 1
  steps: [{id: end, finish: {outcome: {done: 1}}}]
policy: policy.yaml
criteria: [{id: something-done, holds: outcome.done > 0, measure: Share of cases in which something was written}]
escalation: [{id: too-much, when: outcome.done > 100000, to: lead, because: That is more than anybody asked for.}]
limits: {run: {turns: 100000, seconds: 86400, writes: 100000}}
"""
POLICY = """
format: 1
rules:
  - {id: retired, effect: deny, because: A retired agent changes nothing., when: stage == "retired"}
  - {id: personal, effect: ask, because: Personal data leaves., when: '"pii" in labels && destination != ""'}
  - {id: high-harm, effect: ask, because: Harm would be great., when: 'tier <= 2 && effect != "read"'}
  - {id: long, effect: ask, because: That is a long note., when: 'tool == "append" && size(args.text) > 4000'}
  - {id: the-cases-file, effect: allow, because: It is the file of the case.,
     when: 'tool == "append" && args.mode == "append" && !("path" in unproven)'}
"""
SPEC = ToolSpec(
    name="append",
    description="Append a text to a file.",
    parameters={
        "type": "object",
        "required": ["path", "mode", "text"],
        "additionalProperties": False,
        "properties": {
            "path": {"type": "string", "minLength": 1},
            "mode": {"type": "string", "enum": ["append", "replace"]},
            "text": {"type": "string", "maxLength": 5000},
        },
    },
    effect=Effect.WRITE,
    sinks=(Sink("path", "id:file"),),
)
_WORDS = Path(__file__).read_text("utf-8").split()


def _texts(count: int, size: int, seed: int) -> list[str]:
    """Return different texts of plain words, which compress as texts do."""
    chance = random.Random(seed)
    return [" ".join(chance.choices(_WORDS, k=size))[:size] for _ in range(count)]


NOTES = _texts(997, 230, 1)
RESULTS = _texts(1009, 1000, 2)


class Append(Writer):
    """Does nothing and says so at length."""

    def __init__(self, permit: LivePermit) -> None:
        super().__init__(permit)
        self.calls = 0

    async def write(self, args: Mapping[str, Json], context: CallContext) -> Json:
        self.calls += 1
        return {"call": f"{context.run} {context.call}", "text": RESULTS[self.calls % len(RESULTS)]}


class AppendSource(ToolSource):
    """The one tool; `writers` are those that were built."""

    def __init__(self) -> None:
        self.writers: list[Append] = []

    @property
    def spec(self) -> ToolSpec:
        return SPEC

    def reader(self) -> Reader | None:
        return None

    def writer(self, permit: LivePermit) -> Writer | None:
        self.writers.append(Append(permit))
        return self.writers[-1]

    def previewer(self) -> Previewer | None:
        return None


def script(turns: int) -> ScriptedModel:
    """Return a model that proposes `turns` calls, one a turn, and finishes."""

    def answer(prompt: Prompt) -> Reply:
        turn = len(prompt.turns)
        if turn < turns:
            note = NOTES[hash((prompt.run, turn)) % len(NOTES)]
            arguments = {"path": prompt.case["file"], "mode": "append", "text": f"{prompt.run} {turn} {note}"}
            call = ProposedCall(f"c{turn}", "append", dump(arguments))
        else:
            call = ProposedCall("end", "finish", dump({"outcome": {"done": turns}}))
        return Reply("", (call,), Usage(900, 80, 1_200), ROUTE)

    return ScriptedModel(answer, name=ROUTE, remote=True)


def charter(folder: Path, source: AppendSource) -> Charter:
    """Compile the job as any other is compiled, but for its tool, which is of no kind that a job can name."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "job.yaml"
    path.write_text(JOB, "utf-8")
    (folder / "policy.yaml").write_text(POLICY, "utf-8")
    loaded = load_job(path, CelCompiler())
    case_schema = json_schema(loaded.job.case)
    policy = load_policy(POLICY.encode(), {SPEC.name: SPEC}, case_schema, name="policy.yaml")
    tools = [spec_json(SPEC)]
    manifest = Manifest(
        agent=loaded.job.name, job=JOB.encode(), policy=POLICY.encode(), tools=dump(tools), model=ROUTE, plan=None,
        job_digest=job_digest(loaded.job), policy_digest=policy.digest, tools_digest=digest(tools), plan_digest=None,
    )  # fmt: skip
    return Charter(loaded, manifest, {SPEC.name: source}, policy)


def json_schema(schema: Any) -> dict[str, Json]:
    """Return a job's schema as JSON Schema."""
    from agents.job.schema import as_json_schema

    return as_json_schema(schema)


class Bench:
    """A real engine on a store of its own, with the job published."""

    def __init__(self, folder: Path, turns: int, *, concurrency: int = 1_000) -> None:
        self.source = AppendSource()
        self.charter = charter(folder / "job", self.source)
        model = script(turns)
        self.engine = Engine(
            folder / "store.db",
            Surroundings(
                folder / "heads", folder / "cache", key_for=lambda name, create: b"k" * 32,
                model_for=lambda route, labels: model, concurrency=concurrency,
            ),
        )  # fmt: skip
        self._ended: dict[str, asyncio.Future[str]] = {}
        self.engine.on_rest.append(self._rested)

    @property
    def calls(self) -> int:
        """How often the tool was really called."""
        return sum(writer.calls for writer in self.source.writers)

    async def open(self) -> None:
        """Start the engine and publish the version."""
        await self.engine.start()
        body, blobs = published(self.charter, self.engine.ledger.payloads)
        name, version = self.charter.manifest.agent, self.charter.version
        drafts = [Draft(body, ENGINE), Draft(StageChanged(name, version, Stage.PRODUCTION), ENGINE)]
        await self.engine.ledger.append(drafts, blobs)
        self.engine.crews.know(self.charter)

    async def run(self) -> None:
        """Receive a case, start a run on it, and wait until the run has ended. Raises where it does not finish."""
        name, version = self.charter.manifest.agent, self.charter.version
        run, case = new_id("run"), new_id("case")
        content = dump({"file": f"/srv/data/{case}.txt", "text": "Keep notes."})
        payloads, blobs = self.engine.ledger.payloads, dict[Ref, bytes]()
        ref = payloads.ref(content)
        blobs[ref] = content
        started = RunStarted(name, version, case, Mode.LIVE, Stage.PRODUCTION, 3, ROUTE, 0)
        self._ended[run] = asyncio.get_running_loop().create_future()
        drafts = [Draft(CaseReceived(case, name, ref), ENGINE), Draft(started, agent(name, version), run)]
        await self.engine.ledger.append(drafts, blobs)
        self.engine.scheduler.wake(run)
        end = await self._ended[run]
        del self._ended[run]
        if end != "finished":
            raise RuntimeError(f"run {run}: {end}")

    async def close(self) -> None:
        """Close the engine."""
        await self.engine.close()

    def _rested(self, rested: Rested) -> None:
        future = self._ended.get(rested.run)
        if future is not None and not future.done():
            end = rested.state.end.value if rested.state and rested.state.end else f"rested: {rested.error}"
            future.set_result(end)
