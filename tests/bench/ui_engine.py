"""Speaks as an engine does and tells of events at a steady rate; their kinds hold when each came to be. Run by `ui`."""

from __future__ import annotations

import json
import sys
import threading
import time

RATE = int(sys.argv[1])
_BATCH_S = 0.033
_TICK_S = 0.001


def say(message: object) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def stream() -> None:
    """Tell of events, gathered as the engine gathers them, until the process ends."""
    seq, due = 1_000_000, time.monotonic()
    while True:
        events = []
        while due < time.monotonic():
            kind = f"bench.{due:.6f}"
            for _ in range(max(1, int(RATE * _TICK_S))):
                seq += 1
                events.append({"seq": seq, "run": f"run-{seq % 50}", "kind": kind, "ts": int(due * 1e6)})
            due += max(_TICK_S, 1 / RATE)
        for start in range(0, len(events), 1_000):
            page = events[start : start + 1_000]
            params = {"from_seq": page[0]["seq"], "to_seq": page[-1]["seq"], "events": page}
            say({"jsonrpc": "2.0", "method": "events", "params": params})
        time.sleep(_BATCH_S)


def main() -> None:
    """Greet, then stream; every other request is answered with an empty object."""
    for line in sys.stdin:
        request = json.loads(line)
        if request["method"] != "initialize":
            say({"jsonrpc": "2.0", "id": request["id"], "result": {}})
            continue
        store = {"id": "st", "path": "", "head": 1_000_000}
        hello = {"protocol": 1, "engine": "bench", "pid": 0, "store": store, "anchored": False, "warnings": []}
        say({"jsonrpc": "2.0", "id": request["id"], "result": {**hello, "methods": []}})
        threading.Thread(target=stream, daemon=True).start()


if __name__ == "__main__":
    main()
