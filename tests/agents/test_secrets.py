"""Secrets appear nowhere: not in the store, its log, its head, our messages, copies, or a child's environment."""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pytest_asyncio

from agents.engine.compose import Ground, surroundings_for
from agents.models.litellm_model import close_connections
from agents.people import local_name
from agents.pilots.report_html import html
from storage.backup import back_up
from storage.credentials import Credentials, clean_environment
from storage.events.cases import Mode
from storage.events.runs import RunHandedOff
from tests.agents.workbench import Bench, bench, job_text, make_files
from tests.storage.keyring_in_memory import KeyringInMemory
from tests.wire.openai_endpoint import OpenAIEndpoint, calls, fails, piece

pytestmark = pytest.mark.asyncio(loop_scope="module")

API_KEY = "sk-canary-5b1e07c9d2a44f"
ROUTES = """\
format: 1
default: scripted
routes:
  scripted: {{model: openai/gpt-4o-mini, api_base: "{url}", credential: main, timeout_s: 5}}
"""
WORK = calls(
    piece(0, id="a", name="change", arguments='{"id": "A1", "balance": 5000}'),
    piece(1, id="b", name="look_up", arguments='{"id": "A1"}'),
)
FINISH = calls(piece(0, id="f", name="finish", arguments='{"outcome": {"result": "done"}}'))


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def one_loop() -> AsyncIterator[None]:
    """litellm keeps its connections per loop; the loop's worker threads exist before a test counts threads."""
    width = 4
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(width))
    together = threading.Barrier(width)
    await asyncio.gather(*(asyncio.to_thread(together.wait) for _ in range(width)))
    yield
    await close_connections()


def spellings(keyring: KeyringInMemory) -> set[bytes]:
    """Every secret of the keyring, as it is kept, as raw bytes, and in hexadecimal."""
    found: set[bytes] = set()
    for text in keyring.kept.values():
        found |= {text.encode(), text.encode().hex().encode(), base64.b64encode(text.encode())}
        try:
            raw = base64.b64decode(text, validate=True)
        except ValueError:
            continue
        found |= {raw, raw.hex().encode(), base64.urlsafe_b64encode(raw).rstrip(b"=")}
    return {secret for secret in found if len(secret) >= 16}


def everything(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def worked(b: Bench) -> None:
    """One case that is asked about and approved, with a signed decision, and one whose key is refused."""
    run = await b.one(Mode.LIVE)
    me = await b.engine.person()
    for request in b.asked():
        await b.engine.desk.approve(request.approval, me)
    await b.engine.scheduler.idle()
    assert b.run_state(run) == "finished"
    refused = await b.one(Mode.SHADOW)
    summary = b.text(b.bodies(refused, RunHandedOff)[0].handoff)
    assert "scripted" in summary or "key" in summary
    assert API_KEY not in summary


async def test_no_secret_is_found_in_any_byte_that_is_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    keyring = KeyringInMemory()
    credentials = Credentials(keyring, {})
    credentials.set("main", API_KEY)
    folder = tmp_path / "w"
    # An endpoint that quotes the key in its refusal, as some do.
    quoting = fails(401, f"Incorrect API key provided: {API_KEY}.")
    with OpenAIEndpoint([WORK, FINISH, quoting, quoting]) as endpoint:
        job = job_text().replace("accountable: [ann]", f"accountable: ['{local_name()}']")
        make_files(folder, job)
        (folder / "models.yaml").write_text(ROUTES.format(url=endpoint.url))
        around = surroundings_for(Ground(folder / "centaur.db", credentials, tmp_path / "heads"), grace_us=0)
        given = {name: getattr(around, name) for name in ("heads", "cache", "key_for", "signer_for")}
        async with bench(folder, files=False, models=around.model_for, **given) as b:
            await worked(b)
            with b.engine.queries.view() as view:
                pilot = view.connection.execute("SELECT pilot FROM pilot ORDER BY started_at DESC").fetchone()[0]
            (tmp_path / "report.html").write_text(html(b.engine.pilots.report(pilot)))
            await asyncio.to_thread(back_up, b.engine.store, tmp_path / "copy.db")
            searched = everything(tmp_path)  # with the log (-wal) of a store at work
        searched += everything(tmp_path)
        assert endpoint.received[0].headers["authorization"] == f"Bearer {API_KEY}"
        sent = b"\n".join(repr(received.body).encode() for received in endpoint.received)
    said = capfd.readouterr()
    searched += sent + caplog.text.encode() + said.out.encode() + said.err.encode()
    secrets = spellings(keyring)
    assert len(keyring.kept) >= 3, "the endpoint's key, the ledger's and the person's"
    assert API_KEY.encode() in secrets
    assert b"RunFinished" not in searched
    assert b"run.finished" in searched, "what is searched is readable"
    assert [secret for secret in secrets if secret in searched] == []


async def test_a_child_process_gets_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENTAUR_SECRET_MAIN", API_KEY)
    monkeypatch.setenv("OPENAI_API_KEY", API_KEY)
    told = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", "import os; print(dict(os.environ))"], env=clean_environment(os.environ),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert API_KEY not in told.stdout
    assert "PATH" in told.stdout


async def test_nothing_of_ours_starts_a_process_with_the_whole_environment() -> None:
    """Only the engine itself inherits it; every other child is given a clean one."""
    root = Path(__file__).parents[2]
    for path in [*(root / "agents").rglob("*.py"), *(root / "storage").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        for start in ("subprocess.run(", "subprocess.Popen(", "os.spawn", "os.exec", "os.system("):
            for rest in text.split(start)[1:]:
                assert "env=" in rest[:300], f"{path.relative_to(root)} starts a process without `env=`"
