"""Outcome sets and prior correction, by their promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.conformal import PUBLISHED_MIXES, correct_for_prior, read_prior, set_threshold
from pipeline.decision import OUTCOMES


def sample(rng, n):
    probabilities = rng.dirichlet([1, 1, 1], size=n)
    codes = np.array([rng.choice(3, p=row) for row in probabilities])
    return probabilities, codes


def test_sets_hold_the_outcome_as_often_as_promised():
    rng = np.random.default_rng(3)
    covered = []
    for _ in range(200):
        probabilities, codes = sample(rng, 200)
        threshold = set_threshold(probabilities[:100], codes[:100])
        sets = probabilities[100:] >= threshold
        covered.append(sets[np.arange(100), codes[100:]].mean())
    assert 0.895 <= np.mean(covered) <= 0.925


def test_too_few_decisions_put_every_outcome_in_the_set():
    probabilities, codes = sample(np.random.default_rng(0), 5)
    assert set_threshold(probabilities, codes) == 0


def test_a_threshold_by_hand():
    # Nine decisions, the probabilities of the truth 0.1 to 0.9: the quantile is the tenth of
    # (9 + 1) * 0.9 = 9, so all nine must be in.
    truth = np.arange(1, 10) / 10
    probabilities = np.column_stack([truth, (1 - truth) / 2, (1 - truth) / 2])
    assert set_threshold(probabilities, np.zeros(9, dtype=int)) == pytest.approx(0.1)


@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=3))
def test_the_prior_it_was_trained_on_changes_nothing(weights):
    trained_on = np.array(weights) / sum(weights)
    probabilities = np.array([[0.2, 0.3, 0.5], [0.9, 0.05, 0.05]])
    assert correct_for_prior(probabilities, trained_on, trained_on) == pytest.approx(probabilities)


def test_a_rarer_outcome_becomes_less_likely():
    even = np.full(3, 1 / 3)
    corrected = correct_for_prior(np.full((1, 3), 1 / 3), even, np.array([0.6, 0.1, 0.3]))
    assert corrected[0] == pytest.approx([0.6, 0.1, 0.3])


def test_published_mixes_are_known_by_year():
    for year, mix in PUBLISHED_MIXES.items():
        prior = read_prior(year)
        assert prior.sum() == pytest.approx(1)
        assert prior[OUTCOMES.index("upheld")] == pytest.approx(mix["upheld"] / sum(mix.values()))
    assert read_prior("corpus") is None


def test_a_mix_of_ones_own(tmp_path):
    path = tmp_path / "mix.toml"
    path.write_text("closed_after_initial_enquiries = 6\nnot_upheld = 1\nupheld = 3\n")
    assert read_prior(str(path)) == pytest.approx([0.6, 0.1, 0.3])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("not toml at all", "not a TOML file"),
        ("upheld = 1", "share above 0"),
        ('closed_after_initial_enquiries = 1\nnot_upheld = "x"\nupheld = 1', "share above 0"),
        ("closed_after_initial_enquiries = 1\nnot_upheld = 0\nupheld = 1", "share above 0"),
    ],
)
def test_a_bad_mix_is_refused_in_words(tmp_path, content, says):
    path = tmp_path / "mix.toml"
    path.write_text(content)
    with pytest.raises(ValueError, match=says):
        read_prior(str(path))


def test_an_unknown_year_names_those_there_are():
    with pytest.raises(ValueError, match="2022-23"):
        read_prior("1999-00")
