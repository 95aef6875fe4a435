"""Outcome sets that hold the published outcome in nine decisions of ten, and prior correction."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.decision import OUTCOMES

CONFIDENCE = 0.9

# Shares of all decisions published in a year: Local Government and Social Care Ombudsman,
# annual figures, rounded to whole per cent there.
PUBLISHED_MIXES: dict[str, dict[str, float]] = {
    "2021-22": {"closed_after_initial_enquiries": 0.61, "not_upheld": 0.13, "upheld": 0.26},
    "2022-23": {"closed_after_initial_enquiries": 0.59, "not_upheld": 0.10, "upheld": 0.30},
}


def set_threshold(
    probabilities: NDArray[np.float64], codes: NDArray[np.int_], confidence: float = CONFIDENCE
) -> float:
    """Return the probability from which an outcome belongs to the set.

    Least ambiguous sets (Sadinle, Lei and Wasserman 2019), by MAPIE. ``probabilities`` are of
    decisions the model had not seen, shape (n, 3), and ``codes`` their outcomes, shape (n,).
    Where n is too small for the confidence, 0 is returned: every outcome is in the set.
    """
    from mapie.conformity_scores import LACConformityScore

    if np.ceil((len(codes) + 1) * confidence) > len(codes):
        return 0.0
    lac = LACConformityScore()
    scores = lac.get_conformity_scores(codes, probabilities, y_enc=codes)
    quantile = lac.get_conformity_score_quantiles(scores, np.array([1 - confidence]), cv="prefit")
    return float(1 - quantile[0])


def read_prior(name: str) -> NDArray[np.float64] | None:
    """Return the outcome mix to correct for, in the order of `OUTCOMES`; None for ``corpus``.

    ``name`` is ``corpus``, a year of `PUBLISHED_MIXES`, or a TOML file with one number for
    each outcome.

    Raises
    ------
    ValueError
        There is no such mix, or it lacks an outcome.
    """
    if name == "corpus":
        return None
    mix = PUBLISHED_MIXES[name] if name in PUBLISHED_MIXES else _read_mix(Path(name))
    shares = np.array([mix[outcome] for outcome in OUTCOMES], dtype=np.float64)
    prior: NDArray[np.float64] = shares / shares.sum()
    return prior


def _read_mix(path: Path) -> dict[str, float]:
    known = ", ".join(["corpus", *PUBLISHED_MIXES])
    if not path.is_file():
        raise ValueError(f"There is no outcome mix {str(path)!r}: use {known}, or a TOML file.")
    try:
        mix = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise ValueError(f"{path} is not a TOML file; write one line for each outcome.") from None
    good = {key: value for key, value in mix.items() if isinstance(value, int | float)}
    if any(good.get(outcome, 0) <= 0 for outcome in OUTCOMES):
        raise ValueError(f"{path} must give a share above 0 for each of {', '.join(OUTCOMES)}.")
    return {outcome: float(good[outcome]) for outcome in OUTCOMES}


def correct_for_prior(
    probabilities: NDArray[np.float64],
    trained_on: NDArray[np.float64],
    prior: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the probabilities under another outcome mix.

    Saerens, Latinne and Decaestecker 2002, Adjusting the Outputs of a Classifier to New a
    Priori Probabilities, equation 2.4.
    """
    weighted = probabilities * (prior / trained_on)
    corrected: NDArray[np.float64] = weighted / weighted.sum(axis=1, keepdims=True)
    return corrected
