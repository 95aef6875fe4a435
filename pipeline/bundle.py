"""A trained model on disk: one file for each view, and a manifest that vouches for them.

A bundle holds pickled objects. The manifest's hashes show that a bundle is whole and
unchanged, not who made it: load bundles only from people whose code you would run.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np

from pipeline.decision import OUTCOMES

if TYPE_CHECKING:
    from pipeline.view_model import ViewModel

FORMAT = 2
MANIFEST = "manifest.json"
DEFAULT = Path(__file__).resolve().parent.parent / "models" / "default"
RETRAIN = "Run `make train` (or `decisions train`) to make it anew."
PACKAGES = ("spacy", "scikit-learn", "numpy", "joblib")


class BundleError(ValueError):
    """A bundle that must not be used. The message says why and what to do."""


def save_bundle(folder: Path, views: Mapping[str, ViewModel], about: Mapping[str, Any]) -> None:
    """Write a bundle; an older one in ``folder`` is replaced only once this one is whole.

    ``about`` goes into the manifest (corpus, fingerprint, figures). The same training gives
    the same bytes: no time and no path is written.
    """
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    files = {}
    for name, model in views.items():
        path = fresh / f"{name}.joblib"
        joblib.dump(model, path)
        files[path.name] = {"sha256": _sha256(path), "bytes": path.stat().st_size}
    manifest = {
        "format": FORMAT,
        "versions": _versions(),
        "outcomes": list(OUTCOMES),
        "views": {name: _describe(model) for name, model in views.items()},
        **about,
        "files": files,
    }
    (fresh / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a bundle that this version of the program can load.

    Raises
    ------
    BundleError
        There is none, it is damaged, or it was made with another version.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BundleError(f"There is no model in {folder}. {RETRAIN}") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError):
        raise BundleError(f"{path} cannot be read or is damaged. {RETRAIN}") from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise BundleError(f"{path} is not the manifest of a model. {RETRAIN}")
    if manifest.get("format") != FORMAT:
        raise BundleError(
            f"The model in {folder} was made by another version of this program. {RETRAIN}"
        )
    made_with = str(_dig(manifest, "versions", "scikit-learn"))
    here = version("scikit-learn")
    if made_with.split(".")[:2] != here.split(".")[:2]:
        raise BundleError(
            f"The model in {folder} was made with scikit-learn {made_with}, and {here} is "
            f"installed here. {RETRAIN}"
        )
    return manifest


def load_view(folder: Path, view: str, *, mmap: bool = False) -> ViewModel:
    """Load one view of a bundle, after every file has been checked against the manifest.

    With ``mmap`` the weights stay on disk and are shared between processes.

    Raises
    ------
    BundleError
        As `read_manifest`; or a file is missing, changed or cut short; or it lacks the view.
    """
    # Only who loads a model needs what it is made of; the manifest alone is read in no time.
    from pipeline.view_model import ViewModel

    manifest = read_manifest(folder)
    for name, expected in manifest["files"].items():
        _check_file(folder, name, expected)
    if f"{view}.joblib" not in manifest["files"]:
        raise BundleError(f"The model in {folder} has no view {view!r}. {RETRAIN}")
    model = joblib.load(folder / f"{view}.joblib", mmap_mode="r" if mmap else None)
    if not isinstance(model, ViewModel):
        raise BundleError(f"{folder / view}.joblib does not hold a model. {RETRAIN}")
    if mmap:
        for part in (model.outcome_features, model.outcome, model.grounds_features, model.grounds):
            _as_plain_arrays(part)
    return model


def _as_plain_arrays(part: object) -> None:
    """Take numpy's memmap class off the arrays; they stay mapped, and cost less to index."""
    for name, value in vars(part).items():
        if isinstance(value, np.memmap):
            setattr(part, name, value.view(np.ndarray))


def _check_file(folder: Path, name: str, expected: object) -> None:
    if Path(name).name != name or not isinstance(expected, dict):
        raise BundleError(f"The manifest in {folder} is damaged. {RETRAIN}")
    path = folder / name
    if not path.is_file():
        raise BundleError(f"{path} is missing. {RETRAIN}")
    if path.stat().st_size != expected.get("bytes") or _sha256(path) != expected.get("sha256"):
        raise BundleError(f"{path} is not the file that was trained: it was changed. {RETRAIN}")


def _dig(tree: Any, *keys: str) -> Any:
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def _describe(model: ViewModel) -> dict[str, Any]:
    return {
        "task": model.view.task,
        "features": len(model.outcome_features.idf_),
        "temperature": round(model.outcome.temperature_, 6),
        "set_thresholds": {kind: round(value, 6) for kind, value in model.thresholds.items()},
        "grounds": list(model.grounds.grounds_),
        "too_rare": model.grounds.too_rare_,
    }
