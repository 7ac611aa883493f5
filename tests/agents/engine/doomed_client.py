"""A console that is killed: starts an engine, lets another process hold its pipe, gets an approval request, and waits.

Run with the store, the job and the case file; prints the request's id and the holder's process id.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import IO, Any


def main() -> None:
    store, job, cases = sys.argv[1:]
    engine = subprocess.Popen(
        [sys.executable, "-m", "agents", "--store", store], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert engine.stdin is not None
    assert engine.stdout is not None
    pipe = engine.stdin.fileno()
    held = subprocess.Popen(
        [sys.executable, "-c", "import threading; threading.Event().wait()"], pass_fds=[pipe],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    send(engine.stdin, 1, "initialize", protocol=1)
    send(engine.stdin, 2, "pilot.start", job=job, cases=cases, mode="live", command_id="p-1")
    for line in engine.stdout:
        if "approval.requested" in line.decode():
            send(engine.stdin, 3, "approvals.list")
        message = json.loads(line)
        if message.get("id") == 3:
            print(message["result"]["approvals"][0]["approval"], held.pid, flush=True)  # noqa: T201 - to the test
    engine.wait()


def send(pipe: IO[bytes], id_: int, method: str, **params: Any) -> None:
    pipe.write(json.dumps({"jsonrpc": "2.0", "id": id_, "method": method, "params": params}).encode() + b"\n")
    pipe.flush()


if __name__ == "__main__":
    main()
