"""Named cues of outcome: phrases from ``cues.toml``, found by spaCy's PhraseMatcher."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span

from pipeline.decision import SECTION_LABELS

CUES_FILE = Path(__file__).with_name("cues.toml")

# Where a decision speaks of its own outcome. Elsewhere the same words are the
# complainant's or the statute's.
SPEAKING_SECTIONS = ("summary", "findings", "action", "decision", "unknown")


# Where a decision states its outcome in few words, two cues together say more than each
# alone: "will not investigate" beside "has accepted fault" is how an upheld complaint can read.
STATING_SECTIONS = ("summary", "decision")

REACH = 3
"""How many words before a phrase a word of ``not_after`` still turns it round."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One entry of ``cues.toml``."""

    name: str
    label: str
    phrases: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    not_after: frozenset[str] = frozenset()


def load_cues(path: Path = CUES_FILE) -> list[Cue]:
    """Read the cues.

    Raises
    ------
    ValueError
        An entry lacks a label, phrases, examples or counter-examples.
    """
    cues = []
    for name, entry in tomllib.loads(path.read_text("utf-8")).items():
        lists = {
            key: tuple(entry.get(key, ())) for key in ("phrases", "examples", "counter_examples")
        }
        if not entry.get("label") or not all(lists.values()):
            raise ValueError(
                f"{path.name}: [{name}] needs a label, phrases, examples and counter_examples"
            )
        cues.append(
            Cue(name, entry["label"], **lists, not_after=frozenset(entry.get("not_after", ())))
        )
    return cues


def spell_out(phrase: str) -> list[str]:
    """Return every phrase that one line of ``cues.toml`` stands for.

    >>> spell_out("in|at fault")
    ['in fault', 'at fault']
    >>> spell_out("a? late complaint")
    ['a late complaint', 'late complaint']
    """
    choices = []
    for word in phrase.split():
        options = word.rstrip("?").split("|")
        choices.append([*options, ""] if word.endswith("?") else options)
    return [" ".join(filter(None, words)) for words in itertools.product(*choices)]


class CueMatcher:
    """Finds cues in the sections where a decision speaks of its outcome."""

    def __init__(self, nlp: Language, cues: list[Cue] | None = None) -> None:
        self.cues = load_cues() if cues is None else cues
        self.matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
        self.by_hash = {nlp.vocab.strings.add(f"cue {cue.name}"): cue for cue in self.cues}
        for cue in self.cues:
            phrases = sorted({text for line in cue.phrases for text in spell_out(line)})
            self.matcher.add(f"cue {cue.name}", [nlp.make_doc(text) for text in phrases])
        self.together = {
            (first, second): nlp.vocab.strings.add(
                f"{nlp.vocab.strings[first]} + {nlp.vocab.strings[second]}"
            )
            for first, second in itertools.permutations(self.by_hash, 2)
            if first < second
        }
        self.speaking = np.array([label in SPEAKING_SECTIONS for label in SECTION_LABELS])

    def find(
        self, doc: Doc, sections: NDArray[np.uint8]
    ) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Return the hash and the first token of each cue, and of each two in one section.

        Overlaps of one cue count once. ``sections`` holds the section label code of each token.
        """
        hashes: list[int] = []
        tokens: list[int] = []
        for span in doc.spans.get("sections", ()):
            if span.label_ not in SPEAKING_SECTIONS:
                continue
            seen: dict[int, int] = {}
            for cue, start in self._matches(span):
                if self.speaking[sections[start]]:
                    hashes.append(cue)
                    tokens.append(start)
                    seen.setdefault(cue, start)
            if span.label_ in STATING_SECTIONS:
                for first, second in itertools.combinations(sorted(seen), 2):
                    hashes.append(self.together[first, second])
                    tokens.append(seen[first])
        return np.array(hashes, dtype=np.uint64), np.array(tokens, dtype=np.int32)

    def _matches(self, span: Span) -> Iterator[tuple[int, int]]:
        """Yield the hash and first token of each cue in a section."""
        doc = span.doc
        reach: dict[int, int] = {}
        for cue, start, end in self.matcher(span, as_spans=False):
            if start < reach.get(cue, 0):
                continue
            reach[cue] = end
            turned = self.by_hash[cue].not_after
            before = doc[max(span.start, start - REACH) : start]
            if not (turned and any(token.lower_ in turned for token in before)):
                yield cue, start
