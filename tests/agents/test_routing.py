"""Model routes: the file, its errors, and where labelled data may go."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.models.prices import Price
from agents.models.routing import LabelRule, Route, Routes, choose, load_routes, parse_routes
from storage.errors import BadInput, NotFound, Refused

FILE = """
format: 1
default: fast
routes:
  fast:
    model: openai/gpt-4o-mini
    credential: openai
    region: us
    temperature: 0.2
    fallbacks: [house, near]
  near: {model: mistral/mistral-large-latest, credential: mistral, region: eu, max_tokens: 2000}
  house:
    model: openai/llama
    api_base: http://127.0.0.1:8080/v1
    region: local
    price: {input: 0, output: 0.15}
    parameters: {top_p: 0.9}
rules:
  - {labels: [pii], regions: [local, eu]}
  - {labels: [secret], regions: [local]}
"""


def test_a_file_is_read_as_written(tmp_path: Path) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(FILE)
    routes = load_routes(path)
    assert routes.default == "fast"
    assert routes.named("fast").temperature == Decimal("0.2")
    assert routes.named("house") == Route(
        "house",
        "openai/llama",
        "http://127.0.0.1:8080/v1",
        region="local",
        price=Price(Decimal(0), Decimal("0.15")),
        parameters={"top_p": 0.9},
    )


@pytest.mark.parametrize(
    ("labels", "names"),
    [((), ["fast", "house", "near"]), (("pii",), ["house", "near"]), (("secret", "pii"), ["house"])],
)
def test_labels_narrow_the_routes_and_keep_their_order(labels: tuple[str, ...], names: list[str]) -> None:
    assert [route.name for route in choose(parse_routes(FILE), labels)] == names


def test_data_that_may_go_nowhere_is_refused_with_the_permitted_regions() -> None:
    with pytest.raises(Refused, match="local"):
        choose(parse_routes(FILE), ["secret"], "near")


def test_a_route_of_unknown_region_is_never_permitted_by_a_rule() -> None:
    routes = Routes({"a": Route("a", "openai/x")}, (LabelRule(frozenset({"pii"}), frozenset({"local"})),), "a")
    assert choose(routes, [])
    with pytest.raises(Refused):
        choose(routes, ["pii"])


@given(st.sets(st.sampled_from(["pii", "secret", "other"])), st.sampled_from(["fast", "near", "house"]))
def test_no_label_is_ever_sent_outside_its_regions(labels: set[str], wanted: str) -> None:
    routes = parse_routes(FILE)
    try:
        chosen = choose(routes, labels, wanted)
    except Refused:
        return
    for rule in routes.rules:
        if rule.labels & labels:
            assert {route.region for route in chosen} <= rule.regions


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format: 1", "format: 2", "format"),
        ("    region: us", "    regoin: us", "Did you mean 'region'"),
        ("default: fast", "default: fats", "Did you mean 'fast'"),
        ("[house, near]", "[hous]", "routes.fast.fallbacks"),
        ("http://127.0.0.1:8080/v1", "http://user:pass@host/v1", "credential"),
        ("http://127.0.0.1:8080/v1", "127.0.0.1:8080", "http://"),
        ("{top_p: 0.9}", "{api_key: abc}", "api_key"),
        ("output: 0.15", "output: -1", "price.output"),
        ("temperature: 0.2", "temperature: hot", "routes.fast.temperature"),
        ("routes:", "routes: [", "YAML"),
        ("format: 1", "a list", "models.yaml"),
    ],
)
def test_a_fault_in_the_file_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(BadInput, match=r"models\.yaml|no route") as caught:
        parse_routes(FILE.replace(old, new, 1))
    assert said in str(caught.value)
    assert "pydantic" not in str(caught.value)


def test_missing_files_and_names_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"models\.yaml"):
        load_routes(tmp_path / "models.yaml")
    with pytest.raises(NotFound, match="Did you mean 'near'"):
        choose(parse_routes(FILE), [], "neer")
    with pytest.raises(NotFound, match="default"):
        choose(Routes({}), [])
