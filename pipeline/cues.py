"""Named cues of outcome: phrases from ``cues.toml``, found among the words of a Doc."""

from __future__ import annotations

import itertools
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import LOWER
from spacy.language import Language

from pipeline.decision import SECTION_LABELS
from pipeline.hashes import HashIndex, pair_hash

CUES_FILE = Path(__file__).with_name("cues.toml")

# Where a decision speaks of its own outcome. Elsewhere the same words are the
# complainant's or the statute's.
SPEAKING_SECTIONS = ("summary", "findings", "action", "decision", "unknown")


# Where a decision states its outcome in few words, two cues together say more than each
# alone: "will not investigate" beside "has accepted fault" is how an upheld complaint can read.
STATING_SECTIONS = ("summary", "decision")

SPEAKING = np.array([label in SPEAKING_SECTIONS for label in SECTION_LABELS])
STATING = {SECTION_LABELS.index(label) for label in STATING_SECTIONS}

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


_Phrases = list[tuple[int, dict[tuple[int, ...], list[int]]]]
"""Phrases that begin with the same words, by length: cues by the hashes of the words after the
first two."""

LONGEST_PHRASE = 12
"""Words that a phrase may have."""


class CueMatcher:
    """Finds cues in the sections where a decision speaks of its outcome.

    Words are compared by the hash of their lower case. A phrase is looked up by its first two
    words, all places of a text at once; only where those stand is the rest compared.
    """

    def __init__(self, nlp: Language, cues: list[Cue] | None = None) -> None:
        self.cues = load_cues() if cues is None else cues
        strings = nlp.vocab.strings
        self.by_hash = {strings.add(f"cue {cue.name}"): cue for cue in self.cues}
        self.turned_by = {
            cue: {strings.add(word) for word in entry.not_after}
            for cue, entry in self.by_hash.items()
        }
        self.together = {
            (first, second): strings.add(f"{strings[first]} + {strings[second]}")
            for first, second in itertools.permutations(self.by_hash, 2)
            if first < second
        }
        by_first_words = sorted(_by_first_words(self.by_hash, nlp).items())
        self._phrases = [phrases for _, phrases in by_first_words]
        self._index = HashIndex(np.array([key for key, _ in by_first_words], dtype=np.uint64))

    def find(
        self,
        lower: NDArray[np.uint64],
        codes: NDArray[np.uint8],
        sections: Iterable[tuple[int, int, int]],
    ) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Return the hash and the first token of each cue, and of each two in one section.

        Overlaps of one cue count once.

        Parameters
        ----------
        lower
            Hash of each token in lower case, shape (n_tokens,).
        codes
            Section label code of each token; a cue does not begin at a masked one.
        sections
            First token, end and label code of each section, in order.
        """
        hashes: list[int] = []
        tokens: list[int] = []
        candidates = self._candidates(lower, codes)
        for start, end, code in sections:
            if not SPEAKING[code]:
                continue
            here = candidates[bisect_left(candidates, (start,)) : bisect_left(candidates, (end,))]
            if not here:
                continue
            seen: dict[int, int] = {}
            for cue, token in self._matches(lower, here, start, end):
                hashes.append(cue)
                tokens.append(token)
                seen.setdefault(cue, token)
            if code in STATING and len(seen) > 1:
                for first, second in itertools.combinations(sorted(seen), 2):
                    hashes.append(self.together[first, second])
                    tokens.append(seen[first])
        return np.array(hashes, dtype=np.uint64), np.array(tokens, dtype=np.int32)

    def _candidates(
        self, lower: NDArray[np.uint64], codes: NDArray[np.uint8]
    ) -> list[tuple[int, int]]:
        """Return, in order, the tokens at which a phrase may begin, and the place of their key."""
        speaking = np.flatnonzero(SPEAKING.take(codes))
        words = lower.take(speaking)
        # The last token of a text begins no pair; it is paired with itself.
        pairs = pair_hash(words, lower.take(np.minimum(speaking + 1, len(lower) - 1)))
        places, known = self._index.find(np.concatenate([pairs, words]))
        found = np.flatnonzero(known)
        tokens = speaking.take(found % len(speaking)) if len(speaking) else found
        return sorted(zip(tokens.tolist(), places.take(found).tolist(), strict=True))

    def _matches(
        self, lower: NDArray[np.uint64], candidates: Iterable[tuple[int, int]], start: int, end: int
    ) -> Iterator[tuple[int, int]]:
        """Yield the hash and first token of each cue in a section, in the order of their ends."""
        found = []
        for token, place in candidates:
            following = tuple(lower[token + 2 : token + LONGEST_PHRASE].tolist())
            for length, cues in self._phrases[place]:
                after = token + length
                if after <= end:
                    for cue in cues.get(following[: length - 2] if length > 2 else (), ()):
                        found.append((after, token, cue))
        reach: dict[int, int] = {}
        for after, token, cue in sorted(found):
            if token < reach.get(cue, 0):
                continue
            reach[cue] = after
            turned_by = self.turned_by[cue]
            if not turned_by or turned_by.isdisjoint(
                lower[max(start, token - REACH) : token].tolist()
            ):
                yield cue, token


def _by_first_words(cues: Mapping[int, Cue], nlp: Language) -> dict[int, _Phrases]:
    """Return the phrases of all cues by the hash of their first two words, or of their one."""
    found: dict[int, dict[int, dict[tuple[int, ...], list[int]]]] = {}
    for cue, entry in cues.items():
        for text in sorted({text for line in entry.phrases for text in spell_out(line)}):
            words = nlp.make_doc(text).to_array(LOWER).astype(np.uint64)
            if len(words) > LONGEST_PHRASE:
                raise ValueError(
                    f"[{entry.name}] has a phrase of over {LONGEST_PHRASE} words: {text}"
                )
            key = pair_hash(words[:1], words[1:2]) if len(words) > 1 else words
            of_length = found.setdefault(int(key[0]), {}).setdefault(len(words), {})
            of_length.setdefault(tuple(words[2:].tolist()), []).append(cue)
    return {key: sorted(by_length.items()) for key, by_length in found.items()}
