"""Model routes of a workspace: which endpoint each name means, and which of them a case's data may go to.

A route is read from the workspace's `models.yaml`. Choosing is a pure function of the routes and the labels.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from agents.models.model import Json
from agents.models.prices import Price
from storage.errors import BadInput, NotFound, Refused

PARAMETERS = frozenset(
    {
        "api_version",
        "aws_region_name",
        "frequency_penalty",
        "parallel_tool_calls",
        "presence_penalty",
        "reasoning_effort",
        "seed",
        "stop",
        "top_k",
        "top_p",
        "vertex_location",
        "vertex_project",
    }
)
"""Further parameters that a route may pass on; everything else (keys, callbacks, retries) stays ours."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to reach a model.

    Attributes:
        name: what jobs call it.
        model: litellm's model string, the provider in front: `openai/gpt-4o-mini`, `ollama_chat/llama3.1`.
        api_base: the endpoint's address; None for the provider's own.
        credential: the credential's name; None where the endpoint wants no key.
        price: dollars per million tokens; None takes the bundled price list.
        region: where the data goes: `local`, `eu`, `us` or any word of the workspace's own; None is unknown.
        max_tokens: the longest reply; None leaves it to the provider.
        temperature: None leaves it to the provider.
        timeout_s: seconds for one whole attempt.
        parameters: further parameters, of `PARAMETERS`.
        fallbacks: names of the routes to ask when this one fails, in order.
        stream: False where the endpoint cannot stream.
    """

    name: str
    model: str
    api_base: str | None = None
    credential: str | None = None
    price: Price | None = None
    region: str | None = None
    max_tokens: int | None = None
    temperature: Decimal | None = None
    timeout_s: float = 300.0
    parameters: Mapping[str, Json] = field(default_factory=dict)
    fallbacks: tuple[str, ...] = ()
    stream: bool = True


@dataclass(frozen=True, slots=True)
class LabelRule:
    """Data that carries any of these labels goes only to routes in one of these regions."""

    labels: frozenset[str]
    regions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Routes:
    """All routes of a workspace with its label rules; `default` is used where a job names none."""

    routes: Mapping[str, Route]
    rules: tuple[LabelRule, ...] = ()
    default: str | None = None

    def named(self, name: str) -> Route:
        """The route of this name, or NotFound with the nearest."""
        if route := self.routes.get(name):
            return route
        raise NotFound(f"There is no model route {name!r}.", hint=_suggestion(name, self.routes))


def choose(routes: Routes, labels: Iterable[str], wanted: str | None = None) -> tuple[Route, ...]:
    """The routes to ask, in order: the wanted one (else the default), then its fallbacks, where permitted.

    Raises NotFound where no route is meant, Refused where the labels permit none of them.
    """
    if (name := wanted or routes.default) is None:
        raise NotFound("No model route was named and models.yaml sets no default.", hint="Set `default`.")
    carried = frozenset(labels)
    first = routes.named(name)
    candidates = (first, *(routes.named(fallback) for fallback in first.fallbacks))
    rules = [rule for rule in routes.rules if rule.labels & carried]
    permitted = tuple(route for route in candidates if all(route.region in rule.regions for rule in rules))
    if not permitted:
        regions = sorted(frozenset.intersection(*(rule.regions for rule in rules)))
        raise Refused(
            f"Data labelled {', '.join(sorted(carried))} may not go to "
            f"{', '.join(route.name for route in candidates)}.",
            hint=f"Choose a route in a permitted region ({', '.join(regions) or 'the rules permit none'}).",
        )
    return permitted


def load_routes(path: Path) -> Routes:
    """Read `models.yaml`; BadInput names the file, the field and what was expected."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name} cannot be read: {error}.", hint="Check the file.") from error
    return parse_routes(text, path.name)


def parse_routes(text: str, source: str = "models.yaml") -> Routes:
    """Routes from YAML text; `source` names it in errors."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadInput(f"{source} is not valid YAML: {error}", hint="Check the indentation and quotes.") from error
    try:
        return ModelsFile.model_validate(document).routes_of()
    except ValidationError as error:
        raise BadInput(f"{source}: {_explained(error)}", hint="Correct the file and try again.") from error


def _decimal(value: Any) -> Any:
    """A YAML number as the decimal that was written."""
    return Decimal(str(value)) if isinstance(value, float) else value


_Decimal = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PriceEntry(_Strict):
    """US dollars per million tokens."""

    input: _Decimal
    output: _Decimal


class RouteEntry(_Strict):
    """A route as written in `models.yaml`; see `Route` for the meaning of the fields."""

    model: str = Field(min_length=1)
    api_base: str | None = None
    credential: str | None = None
    price: PriceEntry | None = None
    region: str | None = None
    max_tokens: int | None = Field(None, ge=1)
    temperature: _Decimal | None = Field(None, le=2)
    timeout_s: float = Field(300.0, gt=0, le=3600)
    parameters: dict[str, Any] = {}
    fallbacks: tuple[str, ...] = ()
    stream: bool = True

    @field_validator("api_base")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an http:// or https:// address")
        if parts.username or parts.password or parts.query:
            raise ValueError("must not carry a user, a password or a query: store the key as a credential")
        return value

    @field_validator("parameters")
    @classmethod
    def _known(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if name not in PARAMETERS:
                raise ValueError(f"{name!r} is not a parameter that a route may set. {_suggestion(name, PARAMETERS)}")
        return value


class RuleEntry(_Strict):
    """A label rule as written."""

    labels: frozenset[str] = Field(min_length=1)
    regions: frozenset[str]


class ModelsFile(_Strict):
    """The whole of `models.yaml`, format 1."""

    format: Literal[1]
    default: str | None = None
    routes: dict[str, RouteEntry] = Field(min_length=1)
    rules: tuple[RuleEntry, ...] = ()

    def routes_of(self) -> Routes:
        """The file as values, its names resolved; BadInput for a name that means nothing."""
        mentioned = [(self.default, "default")] if self.default else []
        for name, entry in self.routes.items():
            mentioned += [(fallback, f"routes.{name}.fallbacks") for fallback in entry.fallbacks]
        for meant, where in mentioned:
            if meant not in self.routes:
                raise BadInput(f"{where}: no route is called {meant!r}.", hint=_suggestion(meant, self.routes))
        routes = {name: _route(name, entry) for name, entry in self.routes.items()}
        rules = tuple(LabelRule(rule.labels, rule.regions) for rule in self.rules)
        return Routes(routes, rules, self.default)


def _route(name: str, entry: RouteEntry) -> Route:
    price = None if entry.price is None else Price(entry.price.input, entry.price.output)
    fields = {key: getattr(entry, key) for key in RouteEntry.model_fields if key != "price"}
    return Route(name=name, price=price, **fields)


def _explained(error: ValidationError) -> str:
    """Each fault with the place where it is, in plain words."""
    faults = []
    for fault in error.errors(include_url=False):
        place = ".".join(str(part) for part in fault["loc"]) or "the file"
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            known = RouteEntry if place.startswith("routes.") else ModelsFile
            message = f"this field is not known. {_suggestion(str(fault['loc'][-1]), known.model_fields)}"
        faults.append(f"{place}: {message}")
    return "; ".join(faults)


def _suggestion(name: str, known: Iterable[str]) -> str:
    """The nearest known name, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(names)}."
