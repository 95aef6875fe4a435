"""What can go wrong while decisions are downloaded."""

from __future__ import annotations

from dataclasses import dataclass


class DownloadError(Exception):
    """A download that stopped, or that ended with something missing.

    The message is one sentence, or one on each line, that says what is wrong and what to do.
    """


class TransientError(Exception):
    """An answer that is worth asking for again: the site is busy, or the answer broke off.

    ``status`` is that of the answer, 0 where there was none; ``wait`` how long the site asks
    to be left alone, in seconds, or None.
    """

    def __init__(self, sentence: str, status: int = 0, wait: float | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one decision or one month. The rest of the download goes on."""

    kind: str
    """A key of `KINDS`."""
    subject: str
    """A reference, or a month window."""
    address: str
    sentence: str


class FaultError(Exception):
    """Carries the `Fault` of the decision at hand up to where it is noted."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.sentence)
        self.fault = fault


KINDS = {
    "no_label": "a decision prints none of the three outcomes, so it is kept but not in the table",
    "incomplete": "a decision lacks its authority or its date, so it is kept but not in the table",
    "unreadable": "a page holds no decision that could be read",
    "shape": "a page is not built as decisions are",
    "other_page": "the address of a decision shows another page",
    "gone": "a decision is announced, but its address leads nowhere",
    "refused": "the site gave no whole answer, however often it was asked",
    "count": "a month lists another number of decisions than its count line announces",
}
"""Each kind of fault, said of one case."""


def summarise(faults: list[Fault], limit: int = 3) -> list[str]:
    """Return one sentence for each kind of fault: how many, and the first `limit` of them."""
    sentences = []
    for kind, what in KINDS.items():
        found = [fault for fault in faults if fault.kind == kind]
        if not found:
            continue
        examples = " ".join(fault.sentence for fault in found[:limit])
        more = f" And {len(found) - limit} more." if len(found) > limit else ""
        cases = "1 case" if len(found) == 1 else f"{len(found)} cases"
        sentences.append(f"{what[0].upper()}{what[1:]} ({cases}). {examples}{more}")
    return sentences
