"""Methods of the settings: model routes and their keys, and what the whole store goes by."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from agents.engine.operations.operation import Asked, BadParams, CommandParams, Json, Operation, Params, plain
from agents.engine.receipt import answered, id_of
from storage.credentials import Credentials, KeyringUnavailable, NoKeyring
from storage.errors import BadInput, CentaurError, Refused
from storage.events.envelope import Draft
from storage.events.workspace import SettingChanged
from storage.queries import workspace

_PLAIN = "A file is written whole or not at all; writing the same again changes nothing."
TIME_ZONE = "time_zone"
SETTINGS = {TIME_ZONE: "The business time zone: where a day begins, for limits per day and for every figure by day."}


def _matching(pattern: str, why: str) -> Callable[[str], str]:
    def check(given: str) -> str:
        if not re.fullmatch(pattern, given):
            raise ValueError(why)
        return given

    return check


_route_name = _matching(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "a route's name has letters, digits and . _ - and begins with a letter or digit"
)
_model_name = _matching(r"\S+/\S+", "it needs the provider in front and no blanks, as in openai/gpt-4o-mini")
_key_name = _matching(
    r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,119}",
    "a key's name has letters, digits and . _ : @ - and begins with a letter or digit",
)
KeyName = Annotated[str, AfterValidator(_key_name)]


class TestModel(Params):
    """model.test"""

    __test__ = False  # no test class of pytest
    route: str = Field(min_length=1, description="The route's name in models.yaml.")


class SetModel(CommandParams):
    """model.set"""

    name: Annotated[str, AfterValidator(_route_name)] = Field(
        description="What jobs call it: letters, digits and . _ - (at most 64)."
    )
    model: Annotated[str, AfterValidator(_model_name)] = Field(
        max_length=200, description="The provider and its model: `openai/gpt-4o-mini`."
    )
    api_base: str | None = Field(None, max_length=500, description="The endpoint's address; none: the provider's own.")
    credential: KeyName | None = Field(None, description="The name of the key; none: it wants no key.")
    region: str | None = Field(None, max_length=64, description="Where the data goes: local, eu, us, …")
    input: Decimal | None = Field(None, ge=0, description="US dollars per million tokens sent.")
    output: Decimal | None = Field(None, ge=0, description="US dollars per million tokens received.")
    default: bool = Field(False, description="Jobs that name no route take this one.")
    replace: bool = Field(False, description="Change the route of this name; without it, that is refused.")


class ForgetModel(CommandParams):
    """model.forget"""

    name: str = Field(min_length=1, description="The route's name in models.yaml.")


class SetCredential(CommandParams):
    """credential.set"""

    name: KeyName = Field(description="As routes and tools name it.")
    secret: SecretStr = Field(min_length=1, description="The secret; it is kept in the keyring and nowhere else.")
    session_only: bool = Field(False, description="Keep it until the engine ends, not in the keyring.")


class ForgetCredential(CommandParams):
    """credential.forget"""

    name: KeyName = Field(description="As routes and tools name it.")


class SetSetting(CommandParams):
    """setting.set"""

    name: str = Field(pattern=f"^({'|'.join(SETTINGS)})$", description=" ".join(SETTINGS.values()))
    value: str = Field(min_length=1, max_length=200, description="For time_zone a name such as Europe/Oslo.")


def _file(asked: Asked[Any]) -> Path:
    from agents.engine.compose import MODELS_FILE

    return asked.engine.store.path.parent / MODELS_FILE


def _credentials(asked: Asked[Any]) -> Credentials:
    return asked.engine.surroundings.credentials or Credentials(NoKeyring("The engine was started without."), {})


async def models(asked: Asked[Params]) -> Json:
    from agents.models.route_list import listed

    return await asyncio.to_thread(listed, _file(asked), _credentials(asked))


async def test_model(asked: Asked[TestModel]) -> Json:
    """Ask once; what the provider refuses is an answer, not an error: its words are what the person wants to read."""
    from agents.models.litellm_model import LiteLLMModel
    from agents.models.model import ModelFailed
    from agents.models.routing import load_routes

    credentials, name = _credentials(asked), asked.params.route
    begun = time.monotonic()

    def secret(named: str) -> str | None:
        found = credentials.get(named).value
        return None if found is None else found.reveal()

    answer: dict[str, Json] = {"route": name, "ok": False}
    try:
        route = (await asyncio.to_thread(load_routes, _file(asked))).named(name)
        key = route.credential
        checked = await LiteLLMModel(route, (lambda: secret(key)) if key else None).check()
    except ModelFailed as failed:
        answer |= {"category": failed.category, "message": failed.message, "hint": failed.hint}
    except CentaurError as error:
        answer |= {"category": "bad_request", "message": error.message, "hint": error.hint}
    else:
        usage = checked.usage
        answer |= {
            "ok": True, "model": checked.model, "latency_ms": checked.latency_ms, "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out, "cost": usage.cost_micros,
        }  # fmt: skip
    return {**answer, "took_ms": round((time.monotonic() - begun) * 1000)}


async def set_model(asked: Asked[SetModel]) -> Json:
    from agents.models.route_file import write_route

    params = asked.params
    _check_address(params.api_base)
    if (params.input is None) != (params.output is None):
        which = "input" if params.input is None else "output"
        raise BadParams("A price has both parts, for what is sent and what is received.", which, "Or leave both out.")
    price = None if params.input is None else {"input": _number(params.input), "output": _number(params.output)}
    fields = {
        "model": params.model, "api_base": params.api_base, "credential": params.credential, "region": params.region,
        "price": price,
    }  # fmt: skip
    path = _file(asked)
    try:
        await asyncio.to_thread(
            write_route, path, params.name, fields, replace=params.replace, default=params.default
        )  # fmt: skip
    except Refused as error:
        raise BadParams(error.message, "name", error.hint) from None
    return {"name": params.name, "path": path}


def _check_address(given: str | None) -> None:
    if given is None:
        return
    try:
        parts = urlsplit(given)
        host, secret = parts.hostname, parts.username or parts.password or parts.query
    except ValueError:
        host, secret = None, None
    if not given.startswith(("http://", "https://")) or not host:
        raise BadParams("The address must begin with http:// or https:// and name a server.", "api_base")
    if secret:
        raise BadParams("The address must not carry a user, a password or a query.", "api_base",
                        "Store the key as a credential.")  # fmt: skip


def _number(amount: Decimal | None) -> float | int | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


async def forget_model(asked: Asked[ForgetModel]) -> Json:
    from agents.models.route_file import remove_route

    await asyncio.to_thread(remove_route, _file(asked), asked.params.name)
    return {"name": asked.params.name}


async def credentials(asked: Asked[Params]) -> Json:
    from agents.models.route_list import key_place, listed

    held = _credentials(asked)

    def look() -> Json:
        uses: dict[str, list[str]] = {name: [] for name in held.session_names()}
        for route in listed(_file(asked), held).routes:
            if route.credential is not None:
                uses.setdefault(route.credential.name, []).append(route.name)
        found = [{**plain(key_place(held, name)), "routes": sorted(routes)} for name, routes in sorted(uses.items())]
        return {"credentials": found, "keyring": held.status()}

    return await asyncio.to_thread(look)


async def set_credential(asked: Asked[SetCredential]) -> Json:
    params = asked.params
    held = _credentials(asked)

    def keep() -> str:
        secret = params.secret.get_secret_value()
        return held.set(params.name, secret, session_only=params.session_only).value

    try:
        place = await asyncio.to_thread(keep)
    except BadInput as error:
        raise BadParams(error.message, "secret", error.hint) from None
    return {"name": params.name, "place": place}


async def forget_credential(asked: Asked[ForgetCredential]) -> Json:
    held = _credentials(asked)
    try:
        was_there = await asyncio.to_thread(held.delete, asked.params.name)
    except KeyringUnavailable:
        was_there = False
    return {"name": asked.params.name, "was_there": was_there}


async def settings(asked: Asked[Params]) -> Json:
    with asked.engine.queries.view() as view:
        found = {each.name: each.value for each in workspace.settings(view.connection)}
        return {"seq": view.seq, "settings": {TIME_ZONE: "UTC", **found}}


async def set_setting(asked: Asked[SetSetting]) -> Json:
    from storage.business_day import BusinessDay

    params, engine, who = asked.params, asked.engine, await asked.who()
    try:
        BusinessDay(params.value)
    except BadInput as error:
        raise BadParams(error.message, "value", error.hint) from None
    draft = who.sign(Draft(SettingChanged(params.name, params.value), who.actor, command_id=id_of(asked.receipt)))
    answer = {"name": params.name, "value": params.value}
    kept = answered([draft], {}, asked.receipt, answer, who.actor)
    await asyncio.to_thread(lambda: engine.ledger.append_now(*kept))
    return answer


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "models.list",
        Params,
        models,
        "Lists the model routes of the workspace, each with its price, where its key is, and what is wrong with it.",
        "{path, exists, routes: [{name, model, api_base, region, fallbacks, default, credential: {name, place, "
        "variable, problem}, input, output, price_of, problem}], problem}; prices are US dollars per million tokens",
    ),
    Operation(
        "model.test",
        TestModel,
        test_model,
        "Asks a route for one word; what the provider refuses is an answer, too.",
        "{route, ok, took_ms, and model, latency_ms, tokens_in, tokens_out, cost; or category, message, hint}",
    ),
    Operation(
        "model.set",
        SetModel,
        set_model,
        "Writes a route into models.yaml and leaves everything else in it as it was.",
        "{name, path}",
        command=True,
        again=_PLAIN,
    ),
    Operation(
        "model.forget",
        ForgetModel,
        forget_model,
        "Takes a route out of models.yaml.",
        "{name}",
        command=True,
        again="The first answer is given again.",
    ),
    Operation(
        "credentials.list",
        Params,
        credentials,
        "Lists the secrets that routes name and where each is, never the secrets.",
        "{credentials: [{name, place: environment, keyring, session, missing or unknown; variable, problem, routes}], "
        "keyring: {backend, usable, locked, why}}",
    ),
    Operation(
        "credential.set",
        SetCredential,
        set_credential,
        "Keeps a secret in the keyring, or until the engine ends where there is none. It is written nowhere else.",
        "{name, place}",
        command=True,
        again="It is done again: of this command nothing is kept, not even a digest.",
        unkept=True,
    ),
    Operation(
        "credential.forget",
        ForgetCredential,
        forget_credential,
        "Removes a secret from the keyring and from this session.",
        "{name, was_there}",
        command=True,
        again="What is gone stays gone.",
    ),
    Operation(
        "setting.list",
        Params,
        settings,
        "Lists what the whole store goes by.",
        "{seq, settings: {name: value}}",
    ),
    Operation(
        "setting.set",
        SetSetting,
        set_setting,
        "Changes a setting of the store. Days are counted anew at once; limits per day follow when the engine is "
        "started again.",
        "{name, value}",
        command=True,
        again="With an id the effect and its answer are one commit.",
    ),
)
