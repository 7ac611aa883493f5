"""A store of numbers in memory, read at once or when told to: for what reads pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from typing import Any

from console.models.paged import Leaf
from console.models.rows import Group
from console.news import News


class Answer:
    """What is awaited until the question is answered."""

    def __init__(self) -> None:
        self.value: Any = None
        self.done = False

    def __await__(self) -> Generator[Answer, None, Any]:
        if not self.done:
            yield self
        return self.value


class Paper:
    """Stands for `Reads` and `Tasks`: questions are answered when `answer` is called, in order, without any loop."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[Any], Any], Answer]] = []
        self.asked = 0
        self._held: list[tuple[Coroutine[Any, Any, Any], Answer]] = []

    def ask(self, question: Callable[[Any], Any], *, key: str = "") -> Awaitable[Any]:
        answer = Answer()
        self.waiting.append((question, answer))
        return answer

    def start(self, coro: Coroutine[Any, Any, Any], name: str) -> object:
        self._step(coro)
        return coro

    def answer(self) -> None:
        """Answer everything, also what is asked because of the answers."""
        while self.waiting:
            self.answer_one()

    def answer_one(self) -> None:
        """Answer the oldest question."""
        question, answer = self.waiting.pop(0)
        self.asked += 1
        answer.value, answer.done = question(None), True
        ready = [coro for coro, awaited in self._held if awaited is answer]
        self._held = [(coro, awaited) for coro, awaited in self._held if awaited is not answer]
        for coro in ready:
            self._step(coro)

    def close(self) -> None:
        for coro, _ in self._held:
            coro.close()

    def _step(self, coro: Coroutine[Any, Any, Any]) -> None:
        try:
            self._held.append((coro, coro.send(None)))
        except StopIteration:
            return


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
