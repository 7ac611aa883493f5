"""A store of numbers in memory, read at once or when told to: for what reads pages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from console.models.paged import Leaf
from console.models.rows import Group
from console.news import News


class Paper:
    """Stands for `Reads` and `Tasks`: the questions are answered when `answer` is called."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[Any], Any], asyncio.Future[Any]]] = []
        self.asked = 0
        self.loop = asyncio.new_event_loop()
        self.started: list[asyncio.Task[Any]] = []

    def ask(self, question: Callable[[Any], Any], *, key: str = "") -> Awaitable[Any]:
        future: asyncio.Future[Any] = self.loop.create_future()
        self.waiting.append((question, future))
        return future

    def start(self, coro: Coroutine[Any, Any, Any], name: str) -> object:
        task = self.loop.create_task(coro)
        self.started.append(task)
        return task

    def answer(self) -> None:
        """Answer everything, also what is asked because of the answers."""
        self.run()
        while self.waiting:
            question, future = self.waiting.pop(0)
            self.asked += 1
            future.set_result(question(None))
            self.run()

    def run(self) -> None:
        for _ in range(5):
            self.loop.call_soon(self.loop.stop)
            self.loop.run_forever()

    def close(self) -> None:
        for task in self.started:
            task.cancel()
        self.run()
        self.loop.close()
        for task in self.started:
            if not task.cancelled():
                task.result()


class Numbers:
    """Even or odd numbers of one shared set, the greatest first, as a group of a list."""

    def __init__(self, title: str, held: set[int], rest: int) -> None:
        self.group = Group(title)
        self._held, self._rest = held, rest

    def _rows(self, after: Any, upto: Any) -> list[int]:
        mine = sorted((n for n in self._held if n % 2 == self._rest), reverse=True)
        return [n for n in mine if (after is None or -n > after) and (upto is None or -n <= upto)]

    def key(self, row: int) -> int:
        return -row

    def page(self, view: Any, after: Any, upto: Any, limit: int) -> Sequence[int]:
        return self._rows(after, upto)[:limit]

    def count(self, view: Any, after: Any, upto: Any) -> int:
        return len(self._rows(after, upto))

    def leaves(self, view: Any, every: int) -> list[Leaf]:
        rows = self._rows(None, None)
        cut = [rows[start : start + every] for start in range(0, len(rows), every)] or [[]]
        ranges = [Leaf(len(part), -part[-1] if part else None) for part in cut]
        return [*ranges[:-1], ranges[-1]._replace(last=None)]

    def touched(self, view: Any, news: News) -> Sequence[int]:
        return [-int(run) for run in news.runs]
