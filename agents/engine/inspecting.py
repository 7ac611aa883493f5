"""Looks at the texts of a job as they are being written: every fault with its place, and what the job says."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from agents.engine.job_files import Part
from agents.job.description import Job, job_of, playbook_of
from agents.job.raci import people_of
from agents.job.readiness import readiness
from agents.job.strict import BadFile, path_text
from agents.job.yaml_text import At, BadYaml, Document, parse_yaml
from agents.loop.charter import Charter, spec_json
from agents.playbook.cards import cards
from agents.policy.rules import Policy, load_policy
from agents.policy.sentences import rule_sentence
from agents.tools.registry import KINDS
from agents.versions import Preparation, compile_charter
from storage.errors import BadInput

Json = Any
_DEEP = ("a", "b", "c")
_NAMED: tuple[At, ...] = (("raci",), ("case", "properties"), ("outcome", "properties"))
"""Mappings of names to things: their order is that of the file, which JSON does not keep."""
_TOOL = re.compile(r"Tool `([^`]+)`")


@dataclass(frozen=True, slots=True)
class Texts:
    """A job's texts, saved or not.

    Attributes:
        path: the job's file; what the texts name is looked for beside it.
        plan, policy: None where they are written in the job, or are not to be found.
    """

    path: Path
    job: str
    plan: str | None = None
    policy: str | None = None


@dataclass(slots=True)
class _Look:
    texts: Texts
    faults: list[dict[str, Json]] = field(default_factory=list)
    documents: dict[Part, Document] = field(default_factory=dict)

    def tell(self, part: Part, at: At, line: int | None, why: str, column: int | None = None) -> None:
        fault = {
            "part": part, "at": list(at), "path": path_text(at), "line": line, "column": column, **pointed(why),
        }  # fmt: skip
        if fault not in self.faults:
            self.faults.append(fault)

    def take(self, part: Part, error: BadInput) -> None:
        match error:
            case BadFile():
                for at, line, why in error.faults:
                    self.tell(part, at, line, why)
            case BadYaml():
                why = f"{error.why}{f' {error.hint}' if error.hint else ''}"
                self.tell(part, (), error.line, why[:1].upper() + why[1:], error.column)
            case _:
                document = self.documents.get(part)
                at = _tool_place(str(error), document)
                self.tell(part, at, document.line(at) if document and at else None, str(error))


def looked_at(texts: Texts, cache: Path) -> dict[str, Json]:
    """Return the faults and the content of a job's texts; nothing is kept. Blocks: call it in a worker.

    Returns {ok, faults: [{part, at, path, line, column, why, token}], values: {job, plan, policy}, order, plan: {part,
    cards}, rules, tools, missing, people, kinds, version, steps}.
    """
    look = _Look(texts)
    job = _read(look)
    charter = _compiled(look, cache) if job is not None else None
    policy = charter.policy if charter else _policy(look)
    part, steps, at = _steps(look)
    return {
        "ok": not look.faults, "faults": sorted(look.faults, key=lambda each: (each["part"], each["line"] or 0)),
        "values": {name: jsonable(document.value) for name, document in look.documents.items()},
        "order": {path_text(at): _order(look, at) for at in _NAMED},
        "plan": {"part": part, "cards": [_card(card) for card in cards(steps, at)]},
        "rules": _rules(look, policy), "tools": _tools(charter), "kinds": sorted(KINDS),
        "missing": [each._asdict() for each in readiness(job)] if job else [],
        "people": list(people_of(job)) if job else [], "version": charter.version if charter else "",
    }  # fmt: skip


def _read(look: _Look) -> Job | None:
    texts = look.texts
    job = None
    for part, text in (("job", texts.job), ("plan", texts.plan), ("policy", texts.policy)):
        if text is None:
            continue
        name = texts.path.name if part == "job" else part
        try:
            document = look.documents[part] = parse_yaml(text, name)  # type: ignore[index]
            if part == "job":
                job, _ = job_of(document)
            elif part == "plan":
                playbook_of(document)
        except BadInput as error:
            look.take(part, error)  # type: ignore[arg-type]
    return job if not look.faults else None


def _compiled(look: _Look, cache: Path) -> Charter | None:
    texts = look.texts
    try:
        with laid_out(texts, cache) as path:
            return compile_charter(path, Preparation(cache, base=texts.path.parent, declared_only=True))
    except (BadFile, BadYaml) as error:
        look.take(_part_of(look, error.name), error)
    except BadInput as error:
        look.take("policy" if "policy" in str(error)[:40] else "job", error)
    return None


def _part_of(look: _Look, name: str) -> Part:
    value = look.documents["job"].value
    for part in ("plan", "policy"):
        named = value.get(part)
        if isinstance(named, str) and Path(named).name == name:
            return part
    return "job"


@contextmanager
def laid_out(texts: Texts, cache: Path) -> Iterator[Path]:
    """Lay the texts out as files for a moment, as the job names them; yields the job's file. Raises BadInput."""
    drafts = cache / "drafts"
    drafts.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=drafts) as name:
        root = Path(name).resolve()
        path = root.joinpath(*_DEEP, texts.path.name)
        path.parent.mkdir(parents=True)
        path.write_text(texts.job, encoding="utf-8")
        value = parse_yaml(texts.job, texts.path.name).value
        for part, text in (("plan", texts.plan), ("policy", texts.policy)):
            named = value.get(part) if isinstance(value, dict) else None
            if isinstance(named, str) and text is not None:
                target = (path.parent / named).resolve()
                if root not in target.parents or target == path:
                    raise BadInput(f"The {part} `{named}` is too far from the job.", hint="Keep it in the workspace.")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
        yield path


def _policy(look: _Look) -> Policy | None:
    """Read the policy alone, where the job cannot be read."""
    if look.texts.policy is None:
        return None
    try:
        return load_policy(look.texts.policy, name="policy")
    except BadInput as error:
        look.take("policy", error)
        return None


def _rules(look: _Look, policy: Policy | None) -> list[dict[str, Json]]:
    if policy is None:
        return []
    inline = look.texts.policy is None
    return [
        {
            "id": rule.id, "effect": rule.effect.value, "sentence": rule_sentence(rule), "when": rule.text.when.strip(),
            "because": rule.text.because, "approvers": list(rule.text.approvers), "controls": list(rule.text.controls),
            "part": "job" if inline else "policy", "at": ["policy", "rules", index] if inline else ["rules", index],
        }
        for index, rule in enumerate(policy.rules)
    ]  # fmt: skip


def _tools(charter: Charter | None) -> list[dict[str, Json]]:
    if charter is None:
        return []
    kinds = {entry.name: entry for entry in charter.job.tools}
    return [
        {**spec_json(spec), "kind": kinds[name].kind, "seconds": spec.timeout_s, "retries": spec.retries,
         "calls": kinds[name].limits.calls}
        for name, spec in charter.specs.items()
    ]  # fmt: skip


def _order(look: _Look, at: At) -> list[str]:
    document = look.documents.get("job")
    value = document.value if document is not None else None
    for part in at:
        value = value.get(part) if isinstance(value, dict) else None
    return [str(key) for key in value] if isinstance(value, dict) else []


def _steps(look: _Look) -> tuple[Part, Json, At]:
    plan = look.documents.get("plan")
    if plan is not None:
        value = plan.value
        return "plan", value.get("steps") if isinstance(value, dict) else None, ("steps",)
    job = look.documents.get("job")
    value = job.value if job is not None else None
    inline = value.get("plan") if isinstance(value, dict) else None
    if isinstance(inline, dict):
        return "job", inline.get("steps"), ("plan", "steps")
    return ("plan" if look.texts.plan is not None else "job"), None, ("steps",)


def _card(card: Any) -> dict[str, Json]:
    return {
        "at": list(card.at), "depth": card.depth, "lane": card.lane, "id": card.id, "title": card.title,
        "kind": card.kind, "tool": card.tool, "on_failure": card.on_failure, "on_empty": card.on_empty,
        "first": card.first, "last": card.last, "loop": card.loop,
        "texts": [
            {"label": text.label, "at": list(text.at), "text": text.text, "language": text.language}
            for text in card.texts
        ],
    }  # fmt: skip


def _tool_place(message: str, document: Document | None) -> At:
    found = _TOOL.search(message)
    tools = document.value.get("tools") if document and isinstance(document.value, dict) else None
    if found is None or not isinstance(tools, list):
        return ()
    names = [tool.get("name") if isinstance(tool, dict) else None for tool in tools]
    return ("tools", names.index(found[1])) if found[1] in names else ()


def pointed(why: str) -> dict[str, Json]:
    """Split an expression's fault into its sentence and the token: {why, token: {text, column} or null}.

    Columns count from 1, in the line of the expression that is shown.
    """
    lines = why.split("\n")
    for index in range(1, len(lines) - 1):
        mark = lines[index + 1]
        if mark.startswith("  ") and mark.strip() == "^":
            rest = " ".join(line.strip() for line in lines[index + 2 :])
            said = f"{' '.join(lines[:index])} {rest}".strip()
            return {"why": said, "token": {"text": lines[index][2:], "column": len(mark.rstrip()) - 2}}
    said = " ".join(why.split())
    return {"why": said, "token": None}


def jsonable(value: Json) -> Json:
    """Return a YAML value as JSON; a decimal number stays what the person wrote."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {str(key): jsonable(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(member) for member in value]
    return value
