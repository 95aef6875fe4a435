"""Training on a small corpus: what it writes, twice, and what it refuses."""

import json

import numpy as np
import pytest

from pipeline import training
from pipeline.bundle import MANIFEST, load_view
from pipeline.corpus import CORPUS, CorpusError, load, save
from pipeline.decision import OUTCOMES
from pipeline.labelled import read_labelled
from pipeline.ngrams import read_ngrams
from pipeline.scorer import Scorer
from pipeline.training import lesson, train
from pipeline.views import VIEWS


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Return a corpus of 40 decisions of each outcome, without a split of its own."""
    folder = tmp_path_factory.mktemp("small") / "corpus"
    records = [record for record in load(CORPUS) if record.contrast_of is None]
    chosen = [
        record
        for outcome in OUTCOMES
        for record in [one for one in records if one.outcome == outcome][:40]
    ]
    save(chosen, folder)
    return folder


@pytest.fixture(scope="module")
def trained(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained") / "model"
    train(small, folder)
    return folder


def test_training_twice_gives_the_same_files(small, trained, tmp_path):
    train(small, tmp_path / "again")
    names = sorted(path.name for path in trained.iterdir())
    assert names == sorted([*(f"{view}.joblib" for view in VIEWS), MANIFEST])
    for name in names:
        assert (trained / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_large_corpus_is_calibrated_on_a_part_of_it(small, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "LARGE", 100)
    monkeypatch.setattr(training, "PARTS", 3)
    for name in ("one", "other"):
        train(small, tmp_path / name)
    for view in VIEWS:
        file = f"{view}.joblib"
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()
        model = load_view(tmp_path / "one", view)
        assert 20 < model.outcome.n_decisions_ < 60
    known = read_labelled(small)
    predictions = load_view(tmp_path / "one", "full").predict_all(known.texts)
    right = [
        OUTCOMES[one.probabilities.argmax()] == outcome
        for one, outcome in zip(predictions, known.table["outcome"], strict=True)
    ]
    assert sum(right) > 100


def test_a_cluster_is_set_apart_whole_and_whatever_the_order(small, monkeypatch):
    labelled = read_labelled(small)
    assert lesson(labelled).apart is None
    monkeypatch.setattr(training, "LARGE", 100)
    clusters = np.array([f"cluster {number // 3}" for number in range(len(labelled))])
    labelled.table["cluster"] = clusters
    apart = lesson(labelled).apart
    assert 0 < apart.sum() < len(labelled) / 4
    assert not set(clusters[apart]) & set(clusters[~apart])
    backwards = np.arange(len(labelled))[::-1]
    assert (lesson(labelled, backwards).apart == apart[::-1]).all()


def test_held_out_probabilities_stay_out_of_the_bundle(trained):
    model = load_view(trained, "full")
    assert not hasattr(model.outcome, "held_out_")
    assert not hasattr(model.grounds, "held_out_")


def test_no_probability_is_surer_than_the_decisions_vouch_for(small, trained):
    model = load_view(trained, "full")
    for text in read_labelled(small).texts:
        (found,) = model.predict_all([text])
        assert 1 / 123 <= found.probabilities.min() <= found.probabilities.max() <= 121 / 123
        assert 1 / 122 <= found.grounds.min() <= found.grounds.max() <= 121 / 122


def test_the_manifest_says_what_it_was_trained_on(trained):
    about = json.loads((trained / MANIFEST).read_text())["corpus"]
    assert about["decisions"] == 120
    assert about["outcomes"] == dict.fromkeys(OUTCOMES, 40)
    assert about["dates"] == sorted(about["dates"])


@pytest.mark.parametrize("view", VIEWS)
def test_every_feature_has_a_name(trained, view):
    model = load_view(trained, view)
    names = model.vocabulary.decode().split("\n")
    assert len(names) == len(model.outcome_features.vocabulary_)
    assert all(names)


def test_what_is_rare_is_said(trained):
    views = json.loads((trained / MANIFEST).read_text())["views"]
    described = views["full"]
    assert described["grounds"]
    assert all(count < 12 for count in described["too_rare"].values())
    assert not set(described["grounds"]) & set(described["too_rare"])


def test_a_folder_without_a_corpus_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="decisions download"):
        train(tmp_path, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_corpus_of_one_outcome_is_refused(tmp_path):
    records = [record for record in load(CORPUS) if record.outcome == "upheld"][:60]
    save(records, tmp_path / "corpus")
    with pytest.raises(ValueError, match="all three outcomes"):
        train(tmp_path / "corpus", tmp_path / "model")


def test_pulls_add_up_to_what_sets_the_outcome_apart(bundle):
    scorer = Scorer.load(bundle)
    text = read_ngrams(
        scorer.nlp(
            "Summary: The Council was at fault and has apologised.\n\nFinal decision\n\n"
            "We upheld the complaint."
        ),
        scorer.cues,
    )
    (found,) = scorer.model.predict_all([text])
    features, outcome = scorer.model.outcome_features, scorer.model.outcome
    scores = (features.transform([text]) @ outcome.coef_).ravel()
    likeliest = found.probabilities.argmax()
    assert found.pull.sum() == pytest.approx(scores[likeliest] - scores.mean(), abs=1e-4)
    assert found.pull.sum() > 1


def test_the_share_of_known_words_is_counted(bundle):
    scorer = Scorer.load(bundle)
    known = "The complaint\n\nMr X complains that the Council was at fault."
    odd = " Zorble quampish vintry ozzleby framblet snorkins dwillow."
    texts = [read_ngrams(scorer.nlp(text)) for text in (known, known + odd, "")]
    shares = [found.known for found in scorer.model.predict_all(texts)]
    words = len(texts[0].hashes)
    assert shares[0] > 0.8
    assert shares[1] == pytest.approx(shares[0] * words / len(texts[1].hashes), abs=0.01)
    assert shares[2] == 0
