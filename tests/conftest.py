"""Fixtures that several test modules share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from pipeline import bundle as bundles
from pipeline import labelled, training

# How long an example takes says more about the machine than about the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a model trained on the illustrative corpus.

    The default model is used where it is of the corpus as it stands; else one is trained.
    """
    try:
        trained_on = bundles.read_manifest(bundles.DEFAULT)["corpus"]["fingerprint"]
        if trained_on == labelled.fingerprint(labelled.ILLUSTRATIVE):
            bundles.load_view(bundles.DEFAULT, "full")
            return bundles.DEFAULT
    except (bundles.BundleError, AttributeError, ImportError, KeyError):
        pass
    folder = tmp_path_factory.mktemp("model") / "bundle"
    training.train(labelled.ILLUSTRATIVE, folder)
    return folder
