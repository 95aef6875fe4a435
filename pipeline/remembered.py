"""Answers that are remembered, as the same short lines come again in one decision after another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

MOST_REMEMBERED = 20_000

Answer = TypeVar("Answer")


class Remembered(dict[str, Answer]):
    """The answers of `ask` by line; look one up as in a dict, and it is asked for if need be."""

    def __init__(self, ask: Callable[[str], Answer]) -> None:
        super().__init__()
        self.ask = ask

    def __missing__(self, line: str) -> Answer:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        answer = self[line] = self.ask(line)
        return answer
