"""A bundle is loaded whole and unchanged, or not at all."""

import json

import numpy as np
import pytest
from test_features import A, B
from test_models import toy

from pipeline import bundle as bundles
from pipeline.bundle import MANIFEST, BundleError, load_view, read_manifest, save_bundle
from pipeline.decision import OUTCOMES
from pipeline.features import SectionNgrams
from pipeline.models import GroundsClassifier, OutcomeClassifier
from pipeline.view_model import ViewModel
from pipeline.views import VIEWS


@pytest.fixture(scope="module")
def model():
    X, y, folds = toy()
    features = SectionNgrams(min_df=1).fit([A, B])
    Y = np.zeros((120, 1), dtype=bool)
    Y[::3] = True
    return ViewModel(
        view=VIEWS["full"],
        outcome_features=features,
        outcome=OutcomeClassifier().fit(X, y, folds, 120),
        grounds_features=features,
        grounds=GroundsClassifier().fit(X, Y, folds, ["late"], Y.sum(axis=0), 120),
        trained_on=np.full(3, 1 / 3),
        thresholds={"whole": 0.5, "part": 0.4, "start": 0.3},
        vocabulary=b"",
    )


@pytest.fixture
def folder(tmp_path, model):
    save_bundle(tmp_path / "model", {"full": model, "reasons": model}, {"corpus": {"name": "x"}})
    return tmp_path / "model"


def test_round_trip(folder, model):
    loaded = load_view(folder, "full")
    assert (loaded.outcome.coef_ == model.outcome.coef_).all()
    assert loaded.thresholds == model.thresholds
    assert loaded.grounds_features is loaded.outcome_features


def test_weights_can_stay_on_disk(folder):
    coefficients = load_view(folder, "full", mmap=True).outcome.coef_
    # The arrays are plain, which is quicker to index, but what they show lies in the file.
    assert type(coefficients) is np.ndarray
    assert isinstance(coefficients.base, np.memmap)
    assert not coefficients.flags.writeable


def test_the_manifest_names_versions_files_outcomes_and_corpus(folder):
    manifest = read_manifest(folder)
    assert set(manifest["versions"]) == {"python", *bundles.PACKAGES}
    assert manifest["outcomes"] == list(OUTCOMES)
    assert manifest["corpus"] == {"name": "x"}
    assert set(manifest["files"]) == {"full.joblib", "reasons.joblib"}
    assert all(len(entry["sha256"]) == 64 for entry in manifest["files"].values())


def test_the_same_model_gives_the_same_bytes(tmp_path, model):
    for name in ("one", "two"):
        save_bundle(tmp_path / name, {"full": model}, {})
    one, two = ((tmp_path / name / MANIFEST).read_bytes() for name in ("one", "two"))
    assert one == two


def test_saving_again_replaces_the_whole(folder, model):
    (folder / "left-over.joblib").write_bytes(b"x")
    save_bundle(folder, {"full": model}, {})
    assert sorted(path.name for path in folder.iterdir()) == ["full.joblib", MANIFEST]


def tamper(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


FAULTS = {
    "no folder": lambda folder: [path.unlink() for path in folder.iterdir()] and folder.rmdir(),
    "no manifest": lambda folder: (folder / MANIFEST).unlink(),
    "manifest cut short": lambda folder: (folder / MANIFEST).write_text('{"format": 1, "fil'),
    "manifest of something else": lambda folder: (folder / MANIFEST).write_text("[]"),
    "manifest without files": lambda folder: (folder / MANIFEST).write_text('{"format": 1}'),
    "manifest not text": lambda folder: (folder / MANIFEST).write_bytes(b"\xff\xfe\x00"),
    "file missing": lambda folder: (folder / "reasons.joblib").unlink(),
    "file tampered with": lambda folder: tamper(folder / "full.joblib"),
    "file cut short": lambda folder: (folder / "full.joblib").write_bytes(b"PK"),
    "file of another view": lambda folder: (folder / "full.joblib").write_bytes(
        (folder / "reasons.joblib").read_bytes() + b"x"
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_damaged_bundle_is_refused_before_anything_is_unpickled(folder, fault, monkeypatch):
    FAULTS[fault](folder)
    monkeypatch.setattr(bundles.joblib, "load", lambda *_, **__: pytest.fail("it was unpickled"))
    with pytest.raises(BundleError, match="make train") as caught:
        load_view(folder, "full")
    assert "\n" not in str(caught.value)


def rewrite(folder, change):
    manifest = json.loads((folder / MANIFEST).read_text())
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m: m["versions"].update({"scikit-learn": "1.2.3"}), "scikit-learn 1.2.3"),
        (lambda m: m.update(versions="old"), "scikit-learn None"),
        (lambda m: m.update(format=0), "another version"),
        (lambda m: m["files"].update({"../full.joblib": {"sha256": "", "bytes": 0}}), "damaged"),
        (lambda m: m["files"].update({"full.joblib": "x"}), "damaged"),
    ],
)
def test_another_version_or_a_crooked_manifest_is_refused(folder, change, says):
    rewrite(folder, change)
    with pytest.raises(BundleError, match=says):
        load_view(folder, "full")


def test_a_view_that_was_not_trained_is_refused(folder):
    with pytest.raises(BundleError, match="no view 'complaint'"):
        load_view(folder, "complaint")


def test_a_file_that_holds_no_model_is_refused(folder):
    bundles.joblib.dump({"not": "a model"}, folder / "full.joblib")
    path = folder / "full.joblib"
    entry = {"sha256": bundles._sha256(path), "bytes": path.stat().st_size}
    rewrite(folder, lambda manifest: manifest["files"].update({"full.joblib": entry}))
    with pytest.raises(BundleError, match="does not hold a model"):
        load_view(folder, "full")
