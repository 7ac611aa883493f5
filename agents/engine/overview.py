"""What there is to say of agents: which there are, where each stands, what it did, and who published what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.engine.job_files import PARTS, parts_of
from agents.job.description import parse_job
from agents.job.diff import diff
from agents.job.readiness import readiness
from agents.job.strict import Strict
from agents.job.yaml_text import parse_yaml
from agents.own_json import load
from agents.policy.rules import PolicyText
from storage.errors import BadInput, CentaurError, NotFound
from storage.events.body import Ref
from storage.queries import View, work, workspace
from storage.queries.agent_sums import agent_sums, stage_entries, version_counts
from storage.records import VersionRecord

Json = Any
Read = Callable[[Ref], bytes]
_PILOTS = 50
_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Words:
    """What a job's text says of itself, as far as it can be read."""

    title: str = ""
    purpose: str = ""
    tier: int = 0
    tools: tuple[str, ...] = ()
    problem: str = ""


def words_of(text: str, name: str) -> Words:
    """Return a job's own words; a text with faults still gives those that can be read, and says what is wrong."""
    problem = ""
    try:
        value = parse_yaml(text, name).value
        parse_job(text, name)
    except BadInput as error:
        problem = str(error).splitlines()[0]
        try:
            value = parse_yaml(text, name).value
        except BadInput:
            return Words(problem=problem)
    if not isinstance(value, dict):
        return Words(problem=problem)
    tools = value.get("tools")
    kinds = [str(tool.get("kind", "")) for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    tier = value.get("tier", 3)
    return Words(
        str(value.get("title") or ""), str(value.get("purpose") or "").strip(), tier if isinstance(tier, int) else 0,
        tuple(kinds), problem,
    )  # fmt: skip


def listed(view: View, folder: Path, read: Read) -> list[dict[str, Json]]:
    """Return every agent with its stage and sums, and every job of the workspace that was never published."""
    sums = agent_sums(view.connection)
    counts = version_counts(view.connection)
    published = workspace.agents(view.connection)
    found = []
    for agent in published:
        record = workspace.version(view.connection, agent.agent, agent.version)
        text, file = _published_text(record, read)
        found.append(
            _entry(agent.agent, words_of(text, agent.agent)) | {
                "stage": agent.stage, "version": agent.version, "versions": counts.get(agent.agent, 0),
                "published_at": record.published_at, "file": file,
                "modes": {each.mode: each._asdict() for each in sums if each.agent == agent.agent},
            }
        )  # fmt: skip
    names = {agent.agent for agent in published}
    return [*found, *_drafts(folder, names)]


def _entry(agent: str, words: Words) -> dict[str, Json]:
    return {
        "agent": agent, "title": words.title or agent, "purpose": words.purpose, "tier": words.tier,
        "kinds": list(words.tools), "problem": words.problem,
    }  # fmt: skip


def _drafts(folder: Path, known: set[str]) -> Iterator[dict[str, Json]]:
    """Yield the jobs in the workspace of which no version was published."""
    for path in sorted(folder.glob("*/*.yaml")):
        if path.stem != path.parent.name or path.stem in known:
            continue
        try:
            text = parts_of(path)["job"].text
        except BadInput as error:
            yield _entry(path.stem, Words(problem=str(error))) | _unpublished(path)
            continue
        words = words_of(text, path.name)
        missing = "" if words.problem else _missing(text, path.name)
        yield _entry(path.stem, words) | _unpublished(path) | {"missing": missing}


def _missing(text: str, name: str) -> str:
    return ", ".join(each.field for each in readiness(parse_job(text, name)))


def _unpublished(path: Path) -> dict[str, Json]:
    return {
        "stage": "draft", "version": "", "versions": 0, "published_at": None, "file": str(path), "modes": {},
    }  # fmt: skip


def _published_text(record: VersionRecord, read: Read) -> tuple[str, str]:
    try:
        origin = load(read(record.job))
    except NotFound:
        return "", ""
    return str(origin["text"]), str(Path(origin["folder"]) / origin["file"])


def agent_page(view: View, name: str, read: Read) -> dict[str, Json]:
    """Return where an agent stands: its road, what it did by mode, its pilots and its versions, newest first.

    An agent of which no version was published has none of these.
    """
    versions = workspace.versions(view.connection, name)
    pilots = work.pilots(view.connection, agent=name, limit=_PILOTS)
    entries = stage_entries(view.connection, versions, pilots)
    return {
        "agent": name,
        "road": [entry._asdict() for entry in entries],
        "modes": {each.mode: each._asdict() for each in agent_sums(view.connection, name)},
        "pilots": [
            pilot._asdict() | {"states": work.pilot_counts(view.connection, pilot.pilot)} for pilot in pilots
        ],
        "versions": list(_versions(versions, read)),
    }  # fmt: skip


def _versions(versions: list[VersionRecord], read: Read) -> Iterator[dict[str, Json]]:
    """Yield versions with their number (1 is the oldest) and what each changed against the one before."""
    for index, record in enumerate(versions):
        earlier = versions[index + 1] if index + 1 < len(versions) else None
        try:
            said = changes(record, earlier, read) if earlier else ["First version"]
        except CentaurError:
            said = []
        yield {
            "version": record.version, "number": len(versions) - index, "author": record.author,
            "published_at": record.published_at, "stage": record.stage, "model": record.model, "seq": record.seq,
            "changes": said,
        }  # fmt: skip


def changes(record: VersionRecord, earlier: VersionRecord, read: Read) -> list[str]:
    """Return what a version changed, as the names of fields. Raises CentaurError where a text was erased."""
    found: list[str] = []
    if record.job != earlier.job:
        new, old = (parse_job(_published_text(each, read)[0]) for each in (record, earlier))
        found += _named("", old, new)
    if record.plan != earlier.plan:
        found += _named("plan: ", *(_plan(each, read) for each in (earlier, record)))
    if record.policy != earlier.policy:
        found += _named("policy: ", *(_policy(each, read) for each in (earlier, record)))
    if record.tools != earlier.tools:
        found.append("tools")
    if record.model != earlier.model:
        found.append(f"model {earlier.model} → {record.model}")
    return found


def _named(prefix: str, old: Strict | None, new: Strict | None) -> list[str]:
    if old is None or new is None:
        return [f"{prefix}{'removed' if new is None else 'added'}"]
    paths = [change.path for change in diff(old, new)]
    more = [f"{prefix}{len(paths) - _CHANGES} more"] if len(paths) > _CHANGES else []
    return [*(f"{prefix}{path}" for path in paths[:_CHANGES]), *more]


def _plan(record: VersionRecord, read: Read) -> Strict | None:
    from agents.job.description import parse_playbook

    return None if record.plan is None else parse_playbook(read(record.plan))


def _policy(record: VersionRecord, read: Read) -> Strict:
    return PolicyText.model_validate(parse_yaml(read(record.policy), "policy").value)


def version_texts(record: VersionRecord, read: Read) -> dict[str, Json]:
    """Return the texts that make a version: job, plan, policy as written, and the tools' declarations."""
    job, file = _published_text(record, read)
    texts = {
        "job": job, "plan": "" if record.plan is None else read(record.plan).decode("utf-8", "replace"),
        "policy": read(record.policy).decode("utf-8", "replace"),
    }  # fmt: skip
    return record._asdict() | {"file": file, "texts": texts, "tools": load(read(record.tools)), "parts": list(PARTS)}
