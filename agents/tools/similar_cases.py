"""The tool that asks what people decided on similar past cases."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from agents.tools.similar import past as past_cases
from agents.tools.similar.calibrate import Threshold, calibrate
from agents.tools.similar.index import FORMAT, Match, Settings, SimilarCases, write
from agents.tools.tool import (
    CallContext,
    Effect,
    Json,
    LivePermit,
    Previewer,
    Reader,
    ToolFailed,
    ToolSpec,
    Writer,
)
from storage.errors import BadInput

TARGET_PERMILLE = 970
_LONGEST_EVIDENCE = 500


@dataclass(frozen=True, slots=True)
class SimilarCasesConfig:
    """What a job declares.

    Attributes:
        path: a CSV or JSON lines file of past cases.
        text, label, id: its columns; without `id` the line number names a case.
        name: the tool's name in the job.
        target_permille: how often a confident answer must be right, on held-out past cases.
        evidence: how many of the nearest past cases come back.
        seed: fixes the split into held-out cases.
        settings: how the index is built and asked.
    """

    path: Path
    text: str = "text"
    label: str = "label"
    id: str | None = None
    name: str = "similar_cases"
    target_permille: int = TARGET_PERMILLE
    evidence: int = 5
    seed: int = 0
    settings: Settings = field(default_factory=Settings)


class SimilarCasesTool:
    """Similar past cases as a tool of a job (a ToolSource)."""

    def __init__(self, config: SimilarCasesConfig, index: SimilarCases, threshold: Threshold) -> None:
        self.config = config
        self.threshold = threshold
        self._index = index

    @classmethod
    def prepare(
        cls,
        config: SimilarCasesConfig,
        cache: Path,
        exclude: Iterable[str] = (),
        on_progress: Callable[[int, int], None] | None = None,
    ) -> SimilarCasesTool:
        """Read the past cases, and build or reuse their index and threshold in the folder `cache`.

        `exclude` are texts that the agent is examined on: past cases with the same words are dropped. Takes
        some seconds the first time (see calibrate), milliseconds after. Raises BadInput.
        """
        read = past_cases.read_past_cases(config.path, config.text, config.label, config.id)
        past = past_cases.without(read, exclude)
        if not past:
            raise BadInput(
                f"{config.path.name} holds no past case to learn from.",
                hint="Name a file whose cases have a label, and other cases than those to be worked.",
            )
        mark = past_cases.digest(past, FORMAT, *config.settings.key())[:24]
        file = cache / f"similar-{mark}.sqlite"
        if not file.exists():
            write(file, past, config.settings)
        kept = cache / f"similar-{mark}-{config.target_permille}-{config.seed}.json"
        threshold = _kept(kept, config.target_permille)
        if threshold is None:
            threshold = calibrate(past, config.target_permille, config.settings, config.seed, on_progress)
            _keep(kept, threshold)
        return cls(config, SimilarCases.open(file, config.settings), threshold)

    @classmethod
    def declared(cls, config: SimilarCasesConfig) -> ToolSpec:
        """Return the declaration alone, after a look at the file of past cases. Raises BadInput."""
        past_cases.read_past_cases(config.path, config.text, config.label, config.id)
        return _spec(config)

    @property
    def spec(self) -> ToolSpec:
        return _spec(self.config)

    def reader(self) -> Reader:
        return _SimilarCasesReader(self._index, self.threshold.permille, self.config.evidence)

    def writer(self, permit: LivePermit) -> Writer | None:
        return None

    def previewer(self) -> Previewer | None:
        return None


def _spec(config: SimilarCasesConfig) -> ToolSpec:
    return ToolSpec(
        name=config.name,
        description=(
            "Finds past cases worded like a text and the label that people gave them. `confident` is "
            "true only where this was right often enough on past cases that it had not seen."
        ),
        parameters={
            "type": "object",
            "properties": {"text": {"type": "string", "description": "The words of the case."}},
            "required": ["text"],
            "additionalProperties": False,
        },
        effect=Effect.READ,
        trusted_read=True,
        retrieval=True,
        sentence="Look up past cases like this one.",
    )


@dataclass(frozen=True, slots=True)
class _SimilarCasesReader:
    index: SimilarCases
    threshold: int
    evidence: int

    async def read(self, args: Mapping[str, Json], context: CallContext) -> Json:
        """The label that people gave, and the past cases that say so.

        Keys: label, runner_up, confidence_permille, threshold_permille, confident, and nearest: a list of
        id, text, label, score_permille. `label` is empty where nothing resembles the text.
        """
        text = args.get("text")
        if not isinstance(text, str):
            raise ToolFailed("`text` must be a text.", category="bad_arguments")
        found = await asyncio.to_thread(self.index.match, text, self.evidence)
        return _as_json(found, self.threshold)


def _as_json(found: Match, threshold: int) -> Json:
    return {
        "label": found.label,
        "runner_up": found.runner_up,
        "confidence_permille": found.confidence_permille,
        "threshold_permille": threshold,
        "confident": bool(found.label) and found.confidence_permille >= threshold,
        "nearest": [
            {
                "id": near.case.id,
                "text": near.case.text[:_LONGEST_EVIDENCE],
                "label": near.case.label,
                "score_permille": near.score_permille,
            }
            for near in found.nearest
        ],
    }


def forget_indexes(cache: Path) -> None:
    """Remove every index of past cases: it is built again from the file as that is then, at the next start."""
    for file in cache.glob("similar-*"):
        with contextlib.suppress(FileNotFoundError):
            file.unlink()


def _kept(file: Path, target: int) -> Threshold | None:
    """A threshold found earlier for the same past cases and settings; None where it must be found again."""
    try:
        kept = Threshold(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return kept if kept.target_permille == target else None


def _keep(file: Path, threshold: Threshold) -> None:
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(asdict(threshold), out)
        Path(name).replace(file)
    except OSError as error:
        raise BadInput(
            f"The threshold of {file.name} cannot be kept: {error.strerror or error}.",
            hint="Check that the workspace folder may be written and has room.",
        ) from error
