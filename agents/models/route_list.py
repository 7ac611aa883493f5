"""The routes of a workspace as a person looks at them: with their price, where their key is, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import yaml

from agents.models.price_list import listed_price
from agents.models.prices import Price
from agents.models.routing import Route, parse_routes
from storage.credentials import Credentials
from storage.errors import BadInput, CentaurError


class Problem(NamedTuple):
    """What is wrong, and what to do."""

    message: str
    hint: str | None


class KeyPlace(NamedTuple):
    """Where a named secret is, never the secret.

    Attributes:
        place: environment, keyring, session or missing; "unknown" where the keyring cannot be asked.
        variable: the environment variable that has it.
        problem: why the keyring could not be asked.
    """

    name: str
    place: str
    variable: str | None = None
    problem: Problem | None = None


class ListedRoute(NamedTuple):
    """One route.

    Attributes:
        price_of: "file" (models.yaml says it), "list" (the bundled price list), "" (unknown).
        problem: why it cannot be used as it is written.
    """

    name: str
    model: str
    api_base: str | None = None
    region: str | None = None
    fallbacks: tuple[str, ...] = ()
    default: bool = False
    credential: KeyPlace | None = None
    input: str | None = None
    output: str | None = None
    price_of: str = ""
    problem: Problem | None = None


class RouteList(NamedTuple):
    """The routes of `models.yaml`; `problem` is of the whole file."""

    path: Path
    exists: bool
    routes: tuple[ListedRoute, ...] = ()
    problem: Problem | None = None


def listed(path: Path, credentials: Credentials) -> RouteList:
    """Return what a models.yaml declares, also where parts of it are wrong. Asks the keyring: call it in a thread."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return RouteList(path, exists=False)
    except (OSError, UnicodeDecodeError) as error:
        return RouteList(path, True, (), Problem(f"{path.name} cannot be read: {error}.", "Check the file."))
    key = _cached(credentials)
    try:
        routes = parse_routes(text, path.name)
    except BadInput as error:
        return RouteList(path, True, _one_by_one(text, path.name, key), Problem(error.message, error.hint))
    found = tuple(_listed(route, key, default=routes.default == route.name) for route in routes.routes.values())
    return RouteList(path, True, found)


def key_place(credentials: Credentials, name: str) -> KeyPlace:
    """Return where a secret is. A keyring that is locked or silent is said, not raised."""
    try:
        found = credentials.get(name)
    except CentaurError as error:
        return KeyPlace(name, "unknown", problem=Problem(error.message, error.hint))
    return KeyPlace(name, found.origin.value, found.variable)


Keys = Callable[[str], KeyPlace]


def _cached(credentials: Credentials) -> Keys:
    """Ask for each name once: a locked keyring takes its time to say so."""
    known: dict[str, KeyPlace] = {}

    def find(name: str) -> KeyPlace:
        if name not in known:
            known[name] = key_place(credentials, name)
        return known[name]

    return find


def _listed(route: Route, key: Keys, *, default: bool) -> ListedRoute:
    price, of = (route.price, "file") if route.price is not None else (_from_list(route), "list")
    return ListedRoute(
        route.name, route.model, route.api_base, route.region, route.fallbacks, default,
        None if route.credential is None else key(route.credential),
        None if price is None else _plain(price.input), None if price is None else _plain(price.output),
        "" if price is None else of,
    )  # fmt: skip


def _from_list(route: Route) -> Price | None:
    """An own endpoint has the provider's name in front and another price."""
    return listed_price(route.model) if route.api_base is None else None


def _plain(amount: object) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _one_by_one(text: str, source: str, key: Keys) -> tuple[ListedRoute, ...]:
    """Return those routes that can be told apart in a file that as a whole is wrong, each with its own problem."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        return ()
    entries = document.get("routes") if isinstance(document, dict) else None
    if not isinstance(entries, dict):
        return ()
    found = []
    for name, entry in entries.items():
        alone = yaml.safe_dump({"format": 1, "routes": {name: _without_fallbacks(entry)}})
        try:
            route = parse_routes(alone, source).routes[str(name)]
        except (BadInput, KeyError) as error:
            said = error if isinstance(error, BadInput) else BadInput("The name of a route is a word.")
            model = entry.get("model") if isinstance(entry, dict) else None
            found.append(ListedRoute(str(name), str(model or ""), problem=Problem(said.message, said.hint)))
        else:
            found.append(_listed(route, key, default=document.get("default") == name))
    return tuple(found)


def _without_fallbacks(entry: object) -> object:
    return {key: value for key, value in entry.items() if key != "fallbacks"} if isinstance(entry, dict) else entry
