"""Parts on their way to workers and back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Self

from pipeline.parts import Part


class Feed:
    """Gives out parts to a backend's threads, and remembers those that have not come back.

    An error in the making of parts must not be raised in such a thread, where it would be
    lost; it ends the parts, and `reraise` raises it.
    """

    def __init__(self, parts: Iterator[Part]) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._is_open = False
        self._error: BaseException | None = None
        self._given_out: dict[int, Part] = {}
        self.at_end = False
        """Whether the last part has been given out."""

    def open(self) -> Self:
        """Begin to give out parts."""
        self._is_open = True
        return self

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Part:
        with self._lock:
            if not self._is_open or self.at_end or self._error:
                raise StopIteration
            try:
                part = next(self._parts, None)
            except BaseException as error:
                self._error = error
                raise StopIteration from None
            if part is None:
                self.at_end = True
                raise StopIteration
            self._given_out[part.number] = part
            return part

    def done(self, number: int) -> None:
        """Forget a part that has come back."""
        with self._lock:
            del self._given_out[number]

    def close(self) -> None:
        """Give out nothing more until `open`."""
        with self._lock:
            self._is_open = False

    def take_back(self) -> list[Part]:
        """Return the parts that have not come back, in order, and forget them."""
        with self._lock:
            lost = [self._given_out[number] for number in sorted(self._given_out)]
            self._given_out.clear()
            return lost

    def reraise(self) -> None:
        """Raise what went wrong in the making of parts, if anything did."""
        if self._error:
            raise self._error
