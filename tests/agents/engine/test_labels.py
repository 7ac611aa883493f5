"""Data of a label goes only where models.yaml permits: refused before anything begins, and for a fallback too."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.models.fallback import FallbackModel
from agents.models.litellm_model import LiteLLMModel
from storage.errors import Refused
from tests.agents.engine.shop import engine, ground, shop, started

ROUTES = """\
format: 1
routes:
  here: {model: ollama_chat/llama3.1, api_base: "http://127.0.0.1:9", region: local, fallbacks: [far]}
  far: {model: openai/gpt-4o-mini, api_base: "http://127.0.0.1:9", region: us}
rules:
  - {labels: [pii], regions: [local]}
"""


def workspace(folder: Path, model: str) -> Path:
    store = shop(folder)
    job = folder / "keeper.yaml"
    job.write_text(job.read_text().replace("model: {route: playbook}", model))
    (folder / "models.yaml").write_text(ROUTES)
    return store


async def test_a_route_that_labelled_data_may_not_take_is_refused_before_anything_begins(tmp_path: Path) -> None:
    store = workspace(tmp_path / "shop", "model: {route: far, labels: [pii]}")
    async with engine(store) as operations:
        with pytest.raises(Refused, match=r"pii.*far"):
            await operations.perform("pilot.start", started(store.parent))
        assert (await operations.perform("runs.list", {}))["runs"] == []
        assert (await operations.perform("versions.list", {}))["versions"] == []


async def test_what_carries_no_label_goes_anywhere(tmp_path: Path) -> None:
    store = workspace(tmp_path / "shop", "model: {route: far}")
    async with engine(store) as operations:
        pilot = (await operations.perform("pilot.start", started(store.parent)))["pilot"]
        await operations.perform("pilot.cancel", {"pilot": pilot})


def test_a_fallback_that_the_data_may_not_go_to_is_left_out(tmp_path: Path) -> None:
    here = ground(workspace(tmp_path / "shop", "model: {route: here}"))
    assert isinstance(here.model_for("here", ("pii",)), LiteLLMModel)
    assert isinstance(here.model_for("here"), FallbackModel)


async def test_a_label_of_a_field_is_held_to_as_one_of_the_job(tmp_path: Path) -> None:
    store = workspace(tmp_path / "shop", "model: {route: far}")
    job = store.parent / "keeper.yaml"
    labelled = job.read_text().replace("{type: string", "{x-labels: [pii], type: string", 1)
    job.write_text(labelled)
    async with engine(store) as operations:
        with pytest.raises(Refused, match=r"pii.*far"):
            await operations.perform("pilot.start", started(store.parent))
