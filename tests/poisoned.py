"""A model that some documents harm: they crash, hang or exhaust the process that scores them.

A document does harm where one of the words of `HARMS` stands in it. The harm is real: only
the model knows of it, the program does not.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from spacy.strings import get_string_id

from pipeline.bundle import load_view, read_manifest, save_bundle
from pipeline.ngrams import JoinedNgrams
from pipeline.view_model import Prediction, ViewModel


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hang() -> None:
    while True:
        time.sleep(0.01)


def _hang_deaf_to_signals() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(600)


def _exhaust() -> None:
    hoard = []
    while True:
        hoard.append(bytearray(1 << 28))


def _fail() -> None:
    raise RuntimeError("the model failed")


def _dawdle() -> None:
    time.sleep(0.02)


HARMS: dict[str, Callable[[], None]] = {
    "zzkill": _kill,
    "zzhang": _hang,
    "zzdeaf": _hang_deaf_to_signals,
    "zzexhaust": _exhaust,
    "zzfail": _fail,
    "zzdawdle": _dawdle,
}
_BY_HASH = {get_string_id(word): harm for word, harm in HARMS.items()}


class PoisonedModel(ViewModel):
    """A model that does what the words of `HARMS` say."""

    def predict_joined(self, texts: JoinedNgrams) -> list[Prediction]:
        for word in texts.ngrams.hashes.tolist():
            if word in _BY_HASH:
                _BY_HASH[word]()
        return super().predict_joined(texts)


def poison(bundle: Path, folder: Path) -> Path:
    """Write the full view of a bundle to ``folder`` as a `PoisonedModel`."""
    model = load_view(bundle, "full")
    corpus = read_manifest(bundle)["corpus"]
    save_bundle(folder, {"full": PoisonedModel(**vars(model))}, {"corpus": corpus})
    return folder
