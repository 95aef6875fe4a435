"""Speed as ratios to baselines in the same run, on distinct texts. Run by `make bench`.

Not part of `make test`: a time depends on the machine, a ratio hardly does.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable

import pytest
import spacy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from pipeline.corpus import load, prose
from pipeline.decision import Decision
from pipeline.nlp import build_nlp
from pipeline.scorer import Scorer

TEXTS = 400
WARM = 100
LENGTH = 6000
TIMES: dict[str, float] = {}


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Return distinct texts of some 6,000 characters, made of paragraphs of several records."""
    chance = random.Random(11)
    records = load()
    made = []
    for first in itertools.islice(itertools.cycle(records), WARM + TEXTS):
        text = prose(first)
        while len(text) < LENGTH:
            lines = prose(chance.choice(records)).split("\n")
            chance.shuffle(lines)
            text += "\n\n" + "\n\n".join(lines[:10])
        made.append(text[:LENGTH])
    return made


def measure(benchmark, name: str, read: Callable[[list[str]], object], texts: list[str]) -> None:
    read(texts[:WARM])

    def run() -> None:
        began = time.perf_counter()
        read(texts[WARM:])
        TIMES[name] = min(TIMES.get(name, 1e9), time.perf_counter() - began)

    benchmark.pedantic(run, rounds=2)


def test_blank_english(benchmark, texts):
    nlp = spacy.blank("en")
    measure(benchmark, "spaCy blank English", lambda rows: [nlp.make_doc(t) for t in rows], texts)


def test_tokens(benchmark, texts):
    nlp = build_nlp()
    measure(benchmark, "our tokens", lambda rows: [nlp.make_doc(t) for t in rows], texts)


def test_sections_and_provisions(benchmark, texts):
    nlp = build_nlp()
    measure(benchmark, "tokens, sections, provisions", lambda rows: list(nlp.pipe(rows)), texts)


def test_tfidf(benchmark, texts):
    records = load()
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression())
    model.fit([prose(record) for record in records], [record.outcome for record in records])
    measure(benchmark, "TF-IDF + logistic regression", model.predict, texts)


def test_whole(benchmark, texts, bundle):
    scorer = Scorer.load(bundle)

    def score(rows: list[str]) -> list[dict[str, object]]:
        return [scorer.row(one) for one in scorer.read(Decision(text) for text in rows)]

    measure(benchmark, "whole: rows of the table", score, texts)


def test_whole_in_memory_zones(benchmark, texts, bundle):
    scorer = Scorer.load(bundle)

    def score(rows: list[str]) -> None:
        for start in range(0, len(rows), 50):
            with scorer.nlp.memory_zone():
                decisions = [Decision(text) for text in rows[start : start + 50]]
                for one in scorer.read(decisions):
                    scorer.row(one)

    measure(benchmark, "whole, in memory zones of 50", score, texts)


def test_ratios(capsys):
    """Print the table of rates and ratios."""
    with capsys.disabled():
        print(f"\n{'':<32}{'decisions/s':>12}{'to blank':>10}{'to TF-IDF':>11}")
        for name, seconds in TIMES.items():
            blank = TIMES["spaCy blank English"] / seconds
            tfidf = TIMES["TF-IDF + logistic regression"] / seconds
            print(f"{name:<32}{TEXTS / seconds:>12.0f}{blank:>10.2f}{tfidf:>11.2f}")
