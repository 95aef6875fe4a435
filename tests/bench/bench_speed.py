"""Speed as ratios to baselines in the same run, on distinct texts. Run by `make bench`.

Not part of `make test`: a time depends on the machine, a ratio hardly does. Every round reads
texts that no one has read before; words repeat, as they do from one decision to the next, so
each contender first reads as many texts as it takes for its caches to fill.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import spacy
from distinct_texts import distinct_pages
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from spacy.training import Example

from pipeline.batches import TOGETHER
from pipeline.corpus import load, prose
from pipeline.decision import OUTCOMES, Decision
from pipeline.nlp import build_nlp
from pipeline.reading import read_text
from pipeline.scorer import Scorer

WARM = 1_000
TEXTS = 400
ROUNDS = 3
SPEEDS: dict[str, float] = {}
"""Seconds for one text in the best round."""

BLANK = "spaCy blank English: tokens (a)"
TFIDF = "TF-IDF + logistic regression (b)"


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Return distinct texts as the pipeline reads them, in three layouts."""
    return [read_text(page, "").text for page in distinct_pages(WARM + ROUNDS * TEXTS, seed=7)]


@pytest.fixture
def measure(benchmark, texts) -> Callable[[str, Callable[[list[str]], object]], None]:
    """Return what times a contender, each round on texts that it has not seen."""

    def run(name: str, read: Callable[[list[str]], object]) -> None:
        read(texts[:WARM])
        rounds = iter(texts[start : start + TEXTS] for start in range(WARM, len(texts), TEXTS))

        def timed(batch: list[str]) -> None:
            # Of the processor, so that what else the machine does counts for little.
            began = time.process_time()
            read(batch)
            SPEEDS[name] = min(SPEEDS.get(name, 1e9), (time.process_time() - began) / TEXTS)

        def setup() -> tuple[tuple[list[str]], dict[str, object]]:
            return (next(rounds),), {}

        benchmark.pedantic(timed, setup=setup, rounds=ROUNDS)

    return run


def test_blank_english(measure):
    nlp = spacy.blank("en")
    measure(BLANK, lambda batch: [nlp.make_doc(text) for text in batch])


def test_tfidf(measure):
    records = load()
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression())
    model.fit([prose(record) for record in records], [record.outcome for record in records])
    measure(TFIDF, model.predict)


def test_textcat(measure):
    nlp = spacy.blank("en")
    bow = {"@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": True, "ngram_size": 2}
    nlp.add_pipe("textcat", config={"model": {**bow, "no_output_layer": False}})
    records = load()
    examples = [
        Example.from_dict(
            nlp.make_doc(prose(record)),
            {"cats": {outcome: float(outcome == record.outcome) for outcome in OUTCOMES}},
        )
        for record in records
    ]
    nlp.initialize(lambda: examples)
    nlp.update(examples[:64])
    measure("spaCy textcat, bag of words (c)", lambda batch: list(nlp.pipe(batch)))


def test_fasttext(measure, tmp_path):
    fasttext = pytest.importorskip("fasttext", reason="fastText is in the extra [bench]")
    path = tmp_path / "train.txt"
    path.write_text(
        "".join(f"__label__{one.outcome} {' '.join(prose(one).split())}\n" for one in load()),
        encoding="utf-8",
    )
    model = fasttext.train_supervised(str(path), wordNgrams=2, epoch=5, verbose=0)
    measure(
        "fastText, supervised (d)",
        lambda batch: model.predict([" ".join(text.split()) for text in batch]),
    )


def test_tokens(measure):
    nlp = build_nlp()
    measure("our tokens", lambda batch: [nlp.make_doc(text) for text in batch])


def test_sections_and_provisions(measure):
    nlp = build_nlp()

    def read(batch: list[str]) -> None:
        for start in range(0, len(batch), TOGETHER):
            docs = [nlp.make_doc(text) for text in batch[start : start + TOGETHER]]
            for _, component in nlp.pipeline:
                docs = [component(doc) for doc in docs]

    measure("tokens, sections, provisions", read)


def test_whole(measure, bundle):
    scorer = Scorer.load(bundle)

    def score(batch: list[str]) -> None:
        for reading in scorer.read(Decision(text) for text in batch):
            scorer.row(reading)

    measure("whole: rows of the scored table", score)


@pytest.fixture(scope="module", autouse=True)
def _table(request) -> Iterator[None]:
    """Print the table of rates and ratios at the end."""
    yield
    lines = [f"{'':<36}{'decisions/s':>12}{'to (a)':>9}{'to (b)':>9}"]
    for name, seconds in SPEEDS.items():
        ratios = [SPEEDS.get(other, float("nan")) / seconds for other in (BLANK, TFIDF)]
        lines.append(f"{name:<36}{1 / seconds:>12,.0f}{ratios[0]:>9.2f}{ratios[1]:>9.2f}")
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\n\n" + "\n".join(lines))
    folder = Path(".benchmarks")
    folder.mkdir(exist_ok=True)
    (folder / "speed.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
