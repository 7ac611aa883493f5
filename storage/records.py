"""What queries answer: plain immutable records, never rows. Times are UTC microseconds, costs micro US
dollars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from storage.events.body import Ref


class RunRecord(NamedTuple):
    """A run as it stands; `state` is running, paused, waiting, asking, doubt, finished, handed_off, failed
    or stopped."""

    run: str
    agent: str
    version: str
    case_id: str
    mode: str
    stage: str
    tier: int
    model: str
    seed: int
    pilot: str | None
    origin: str | None
    state: str
    cause: str | None
    started_at: int
    ended_at: int | None
    turns: int
    calls: int
    writes: int
    asks: int
    denials: int
    failures: int
    tokens_in: int
    tokens_out: int
    cost: int
    cost_partial: int
    outcome: Ref | None
    handoff: Ref | None
    seq: int


class CaseRecord(NamedTuple):
    """A case; `outcome` is what a person decided, `run` the last run that worked it."""

    case_id: str
    agent: str
    content: Ref
    external_ref: Ref | None
    external_id: str | None
    pilot: str | None
    received_at: int
    outcome: Ref | None
    minutes: int | None
    outcome_at: int | None
    run: str | None
    seq: int


class ApprovalRecord(NamedTuple):
    """An approval request; `state` is requested, decided, spent (the call was performed), expired or
    superseded."""

    approval: str
    run: str
    call: str
    tool: str
    effect: str
    rule: str
    binding: str
    approvers: tuple[str, ...]
    reversible: bool
    tier: int
    card: Ref
    requested_at: int
    expires_at: int
    state: str
    choice: str | None
    person: str | None
    decided_at: int | None
    effective_at: int | None
    args: Ref | None
    note: Ref | None
    signed: bool | None
    refusals: int
    seq: int


class DoubtRecord(NamedTuple):
    """A write of which nobody knows whether it happened; `verdict` is None until a person said so."""

    run: str
    call: str
    tool: str
    cause: str
    raised_at: int
    verdict: str | None
    person: str | None
    resolved_at: int | None
    seq: int


class WaitRecord(NamedTuple):
    """What a run waits for; `until` is the time itself or the deadline, None for neither."""

    wait: str
    run: str
    call: str
    waits_for: str
    until: int | None
    to: str | None
    question: Ref | None
    watch: Ref | None
    seq: int


class PilotRecord(NamedTuple):
    """A job run over the cases of a file; `cases` and `refused` are known when it has ended."""

    pilot: str
    agent: str
    version: str
    mode: str
    seed: int
    source: Ref
    started_at: int
    ended_at: int | None
    cases: int | None
    refused: int | None
    cancelled: bool
    seq: int


class PilotRow(NamedTuple):
    """One case of a pilot's report: what the agent came to, beside what a person decided."""

    case_id: str
    external_id: str | None
    content: Ref
    run: str | None
    state: str | None
    cause: str | None
    outcome: Ref | None
    handoff: Ref | None
    human_outcome: Ref | None
    minutes: int | None
    turns: int
    calls: int
    writes: int
    cost: int
    cost_partial: int
    started_at: int | None
    ended_at: int | None
    seq: int


class RefusedRow(NamedTuple):
    """A row of a case file that could not be used."""

    pilot: str
    row: int
    reason: Ref
    seq: int


class AgentRecord(NamedTuple):
    """An agent: its newest version and that version's stage."""

    agent: str
    version: str
    stage: str
    seq: int


class VersionRecord(NamedTuple):
    """A published version of an agent; job, plan, policy and tools are payloads."""

    agent: str
    version: str
    author: str
    published_at: int
    job: Ref
    plan: Ref | None
    policy: Ref
    tools: Ref
    model: str
    stage: str
    seq: int


class PersonRecord(NamedTuple):
    """A person; `name` is None once it was erased, `public_key` None where they sign nothing."""

    person: str
    name: str | None
    name_ref: Ref | None
    public_key: str | None
    roles: tuple[str, ...]
    seq: int


class SettingRecord(NamedTuple):
    """A setting of the store and its value."""

    name: str
    value: str | int
    seq: int


class KillRecord(NamedTuple):
    """A kill; it stands while `lifted_at` is None. `acknowledged` counts the runs that stopped for it."""

    kill: str
    scope: str
    target: str | None
    person: str
    ordered_at: int
    lifted_at: int | None
    acknowledged: int
    seq: int


class DayRecord(NamedTuple):
    """What one agent did in one mode on one day of the business time zone. Durations are summed
    microseconds."""

    day: str
    agent: str
    mode: str
    started: int
    finished: int
    handed_off: int
    failed: int
    stopped: int
    calls: int
    writes: int
    tool_failures: int
    asked: int
    denied: int
    approved: int
    edited: int
    rejected: int
    responded: int
    decision_us: int
    tokens_in: int
    tokens_out: int
    cost: int
    cost_partial: int
    cycle_us: int


class CommandRecord(NamedTuple):
    """What a command answered the first time; `result` is a payload."""

    command_id: str
    method: str
    result: Ref
    seq: int


class BackupRecord(NamedTuple):
    """A copy of the store that was made; it holds what is erased later."""

    seq: int
    last_seq: int
    path: Ref
    made_at: int


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """How large a store is and of what form. Sizes are bytes."""

    store: str
    form: int
    sqlite: str
    size: int
    log_size: int
    head: int
    events: int
    payloads: int
    payload_bytes: int
    runs: int
    open_runs: int
    cases: int
    open_approvals: int
    open_doubts: int
    backups: int
