"""Methods about jobs as files: read, looked at while being written, changed, saved, tried, published, made anew."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from agents.engine.job_files import Part, job_path, part_path, parts_of, write_part
from agents.engine.operations.operation import Asked, CommandParams, FileName, FilePath, Json, Operation, Params
from storage.errors import BadInput, NotFound, Refused
from storage.events.cases import Mode

_JOB = "A job's file (a whole path), the name of one in the workspace, or an agent's name."
_LONGEST = 1 << 20


class OneJob(Params):
    """job.read"""

    job: FileName = Field(description=_JOB)


class Look(OneJob):
    """job.look"""

    text: str | None = Field(None, max_length=_LONGEST, description="The job's text; without it, as it is saved.")
    plan: str | None = Field(None, max_length=_LONGEST, description="The plan's text; without it, as it is saved.")
    policy: str | None = Field(None, max_length=_LONGEST, description="The policy's text; without it, as it is saved.")


class EditText(Params):
    """job.edit"""

    text: str = Field(max_length=_LONGEST, description="The YAML text.")
    edits: list[dict[str, Json]] = Field(
        description="{at: [keys, positions], do: set|remove|insert|move|rename, value}."
    )


class Save(CommandParams):
    """job.save"""

    job: FileName = Field(description=_JOB)
    part: Literal["job", "plan", "policy"] = Field("job", description="Which of its files.")
    text: str = Field(max_length=_LONGEST, description="The new text.")
    digest: str | None = Field(
        None, description="The digest of what is replaced, as `job.read` gave it; null: no file."
    )


class Publish(CommandParams):
    """job.publish"""

    job: FileName = Field(description=_JOB)


class Try(Look):
    """job.try"""

    case: dict[str, Json] = Field(description="The fields of one case.")
    mode: Mode = Field(Mode.REHEARSAL, description="rehearsal or shadow.")


class New(CommandParams):
    """job.new"""

    template: str = Field(min_length=1, description="The name of a template.")
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,59}$", description="The new agent's name.")


class Preview(OneJob):
    """cases.preview"""

    cases: FilePath = Field(description="The file of cases: a whole path, or one in the store's folder.")
    mapping: dict[str, Json] | None = Field(None, description="{id, fields, outcome, ignore} in place of the job's.")
    shown: int = Field(20, ge=1, le=200, description="How many of the first rows to show.")


def _path(asked: Asked[Any]) -> Path:
    engine = asked.engine
    return job_path(asked.params.job, engine.store.path.parent, engine.queries, engine.ledger.payloads)


async def read(asked: Asked[OneJob]) -> Json:
    path = _path(asked)
    parts = await asyncio.to_thread(parts_of, path)
    return {
        "path": path,
        "parts": {name: {"path": each.path, "text": each.text, "digest": each.digest} for name, each in parts.items()},
    }  # fmt: skip


async def look(asked: Asked[Look]) -> Json:
    from agents.engine.inspecting import looked_at

    return await asyncio.to_thread(looked_at, _texts(asked), asked.engine.surroundings.cache)


def _texts(asked: Asked[Any]) -> Any:
    from agents.engine.inspecting import Texts

    p, path = asked.params, _path(asked)
    saved = parts_of(path)
    text = p.text if p.text is not None else saved["job"].text

    def part(name: Literal["plan", "policy"], given: str | None) -> str | None:
        target = part_path(path, text, name)
        if target is None:
            return None
        if given is not None:
            return given
        present = saved.get(name)
        if present is not None and present.path == target:
            return present.text
        return target.read_text("utf-8") if target.is_file() else None

    return Texts(path, text, part("plan", p.plan), part("policy", p.policy))


async def edit(asked: Asked[EditText]) -> Json:
    from agents.job.editing import Edit, edited

    p = asked.params
    edits = []
    for raw in p.edits:
        at, do = raw.get("at"), raw.get("do", "set")
        if not isinstance(at, list) or not at or do not in ("set", "remove", "insert", "move", "rename"):
            raise BadInput(f"`job.edit`: {raw} is no edit.", hint="It has `at`, `do` and `value`.")
        edits.append(Edit(tuple(at), do, raw.get("value")))
    return {"text": await asyncio.to_thread(edited, p.text, edits)}


async def save(asked: Asked[Save]) -> Json:
    from agents.job.yaml_text import parse_yaml

    p, path = asked.params, _path(asked)
    part: Part = p.part
    target: Path | None = path
    if part in ("plan", "policy"):
        target = part_path(path, parts_of(path)["job"].text, part)
        if target is None:
            raise BadInput(f"The {part} is written in the job itself.", hint="Save the job.")
    assert target is not None  # noqa: S101 - just looked at
    parse_yaml(p.text, target.name)
    digest = await asyncio.to_thread(write_part, target, p.text, p.digest)
    return {"path": target, "digest": digest}


async def publish(asked: Asked[Publish]) -> Json:
    from agents.job.readiness import readiness

    engine, path = asked.engine, _path(asked)
    version, new, job = await engine.pilots.publish(path, await asked.who(), asked.receipt)
    return {
        "agent": job.name, "version": version, "new": new, "missing": [each._asdict() for each in readiness(job)],
    }  # fmt: skip


async def attempt(asked: Asked[Try]) -> Json:
    from agents.pilots.trying import tried

    texts = await asyncio.to_thread(_texts, asked)
    return await tried(texts, asked.params.case, asked.params.mode, asked.engine.surroundings)


async def templates(asked: Asked[Params]) -> Json:
    from agents.engine.overview import words_of
    from agents.pilots.jobs import template_file
    from agents.pilots.jobs import templates as known

    found = []
    for name in known():
        words = words_of(template_file(name).read_text("utf-8"), name)
        found.append({"template": name, "title": words.title or name, "purpose": words.purpose, "tier": words.tier})
    return {"templates": found}


async def new(asked: Asked[New]) -> Json:
    p, folder = asked.params, asked.engine.store.path.parent
    with asked.engine.queries.view() as view:
        from storage.queries import workspace

        if any(each.agent == p.name for each in workspace.agents(view.connection)):
            raise Refused(f"There is an agent `{p.name}` already.", hint="Choose another name.")
    return {"path": await asyncio.to_thread(_made, p.template, p.name, folder), "agent": p.name}


def _made(template: str, name: str, folder: Path) -> Path:
    """Copy a template with what it names into a folder of its own; return the job's file."""
    from agents.job.editing import Edit, edited
    from agents.job.strict import meant
    from agents.pilots.jobs import template_file
    from agents.pilots.jobs import templates as known

    if template not in known():
        raise NotFound(f"There is no template `{template}`.", hint=meant(template, known()))
    target = folder / name / f"{name}.yaml"
    if target.parent.exists():
        raise Refused(f"There is a folder {target.parent} already.", hint="Choose another name.")
    source = template_file(template)
    title = name.replace("-", " ").replace("_", " ").capitalize()
    changes = [Edit(("name",), "set", name), Edit(("title",), "set", title)]
    for part, each in parts_of(source).items():
        if part == "job":
            write_part(target, edited(each.text, changes, target.name), None)
            continue
        copy = target.parent / os.path.relpath(each.path, source.parent)  # as far from it as from the template
        if not copy.exists():
            write_part(copy, each.text, None)
    _copy_samples(source, target.parent)
    return target


def _copy_samples(template: Path, folder: Path) -> None:
    """Copy the sample files that a template's tools read, where there are any, with their licence."""
    from agents.job.description import read_job

    named = {value for tool in read_job(template)[0].tools for value in tool.config.values() if isinstance(value, str)}
    for sample in sorted((template.parent.parent / "samples").iterdir()):
        if not any((sample / name).is_file() for name in named):
            continue
        for file in sample.iterdir():
            if file.is_file() and not (folder / file.name).exists():
                shutil.copyfile(file, folder / file.name)


async def preview(asked: Asked[Preview]) -> Json:
    from agents.job.description import read_job
    from agents.pilots.previewing import previewed, with_mapping

    p = asked.params
    cases = asked.engine.store.path.parent / p.cases
    if not cases.exists():
        raise BadInput(f"There is no case file {cases}.", hint="Choose another file.")
    job = with_mapping(read_job(_path(asked))[0], p.mapping)
    return await asyncio.to_thread(previewed, cases, job, p.shown)


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "job.read",
        OneJob,
        read,
        "Reads the files of a job.",
        "{path, parts: {job, plan?, policy?: {path, text, digest}}}",
    ),
    Operation(
        "job.look",
        Look,
        look,
        "Looks at a job's texts, saved or not: every fault with its place, and what the job says.",
        "{ok, faults: [{part, at, path, line, column, why, token}], values, order, plan: {part, cards}, rules, tools, "
        "kinds, missing, people, version}",
    ),
    Operation("job.edit", EditText, edit, "Changes single values of a YAML text; comments and order stay.", "{text}"),
    Operation(
        "job.save",
        Save,
        save,
        "Replaces a file of a job, if it is still what the client read.",
        "{path, digest}",
        command=True,
        again="What was saved is no longer what the digest names: the command is refused and says so.",
    ),
    Operation(
        "job.publish",
        Publish,
        publish,
        "Publishes the job's version as a draft, signed by the person who acts.",
        "{agent, version, new, missing: [{field, why, hint}]}",
        command=True,
        again="A version that is there is not published again.",
    ),
    Operation(
        "job.try",
        Try,
        attempt,
        "Works one case in a store that is thrown away: nothing is written, and the ledger does not know of it.",
        "{state, cause, outcome, handoff, turns, calls, tokens_in, tokens_out, cost, cost_partial, started_at, "
        "ended_at, steps}",
    ),
    Operation(
        "job.templates", Params, templates, "Lists the templates.", "{templates: [{template, title, purpose, tier}]}"
    ),
    Operation(
        "job.new",
        New,
        new,
        "Makes a job in the workspace from a template.",
        "{path, agent}",
        command=True,
        again="A folder that is there is never replaced: the command is refused and says so.",
    ),
    Operation(
        "cases.preview",
        Preview,
        preview,
        "Reads a case file as a pilot would, without working it.",
        "{columns, fields, outcome, mapping, suggested, rows, counted, broken, more, errors}",
    ),
)
