"""A limit on the time that one document may take."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class DocumentTimeoutError(BaseException):
    """A document took too long. Not an Exception, so that no handler on the way takes it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `DocumentTimeoutError` in the body once ``seconds`` have passed.

    Works by a signal, so only in the main thread of a process; elsewhere there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _give_up(_signal: int, _frame: FrameType | None) -> None:
    raise DocumentTimeoutError
