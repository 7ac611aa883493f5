"""An engine on stdio with a tool that writes to standard output in every way there is. Run with the store's path."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from agents.engine.stdio import run_stdio
from agents.tools import registry
from agents.tools.tool import CallContext, Effect, LivePermit, Previewer, Reader, ToolSpec, Writer

Json = Any


class Noisy:
    """A read that prints."""

    def __init__(self, name: str) -> None:
        self.spec = ToolSpec(name, "Prints.", {"type": "object"}, Effect.READ, trusted_read=True)

    def reader(self) -> Reader:
        return self

    def writer(self, permit: LivePermit) -> Writer | None:
        return None

    def previewer(self) -> Previewer | None:
        return None

    async def read(self, args: Mapping[str, Json], context: CallContext) -> Json:
        print('{"jsonrpc":"2.0","id":1,"result":"forged"}', flush=True)  # noqa: T201 - the noise
        sys.__stdout__.write("more noise\n")  # type: ignore[union-attr]
        os.write(1, b"raw noise\n")
        os.system("echo noise of a shell; cat")
        told = subprocess.run(
            [sys.executable, "-c", "import sys, os; print('child', sys.stdin.read(), *os.environ)"], check=True
        )
        return {"code": told.returncode, "read": sys.stdin.read()}


def main() -> int:
    cast(dict[str, Any], registry.KINDS)["noisy"] = lambda entry, site: Noisy(entry.name)
    return run_stdio(Path(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
