"""No cluster is parted, and folds and sides are what they say."""

import numpy as np
import pandas as pd
import pytest

from pipeline.splits import read_splits, split, write_splits


def made_table(size: int = 200) -> tuple[pd.DataFrame, dict[str, str]]:
    chance = np.random.default_rng(7)
    outcomes = chance.choice(["upheld", "not_upheld"], size, p=[0.7, 0.3])
    days = pd.date_range("2023-01-01", periods=size, freq="4D").strftime("%Y-%m-%d")
    table = pd.DataFrame(
        {
            "ref": [f"{number:03}" for number in range(size)],
            "date": days,
            "outcome": outcomes,
            "hard": np.where(chance.random(size) < 0.2, "some_kind", None),
            "contrast_of": None,
        }
    )
    vocabulary = [f"w{number}" for number in range(1000)]
    texts = {ref: " ".join(chance.choice(vocabulary, 60)) for ref in table["ref"]}
    return table, texts


def test_shape_and_sides() -> None:
    table, texts = made_table()
    result = split(table, texts, test_from="2024-07-01")
    assert list(result.columns) == ["ref", "side", "fold", "cluster"]
    assert list(result["ref"]) == sorted(table["ref"])
    late = table["date"] >= "2024-07-01"
    assert list(result["side"] == "test") == list(late)
    assert (result["cluster"] == result["ref"]).all()


def test_twins_and_near_duplicates_stay_together() -> None:
    table, texts = made_table()
    table.loc[[3, 150], "contrast_of"] = ["120", "020"]
    texts["199"] = texts["010"] + " with a postscript"
    texts["198"] = texts["199"]
    result = split(table, texts, test_from="2024-07-01").set_index("ref")
    for one, other in [("003", "120"), ("150", "020"), ("199", "010"), ("198", "010")]:
        assert tuple(result.loc[one]) == tuple(result.loc[other])
    # A twin goes where its base is, even if that is not its own side; the others by the oldest.
    assert result.loc["150", "cluster"] == "020"
    assert result.loc["150", "side"] == "train"
    assert table["date"][150] >= "2024-07-01"
    assert result.loc["198", "cluster"] == "010"
    assert result.loc["003", "cluster"] == "120"


def test_folds_are_stratified_by_outcome_and_hard_kind() -> None:
    table, texts = made_table(400)
    result = split(table, texts)
    assert set(result["fold"]) == set(range(5))
    for column in ("outcome", "hard"):
        shares = pd.crosstab(result["fold"], table[column].fillna("none"), normalize="index")
        assert (shares.max() - shares.min()).max() < 0.05


def test_same_input_same_split_in_any_order(tmp_path) -> None:
    table, texts = made_table()
    one = split(table, texts)
    shuffled = table.sample(frac=1, random_state=1)
    other = split(shuffled, {ref: texts[ref] for ref in shuffled["ref"]})
    pd.testing.assert_frame_equal(one, other)
    write_splits(one, tmp_path / "splits.csv")
    pd.testing.assert_frame_equal(read_splits(tmp_path / "splits.csv"), one)


def test_table_without_hard_kinds_and_twins() -> None:
    table, texts = made_table()
    result = split(table.drop(columns=["hard", "contrast_of"]), texts)
    assert len(result) == len(table)


@pytest.mark.filterwarnings("error")
def test_small_and_lopsided_tables() -> None:
    table, texts = made_table(12)
    table["outcome"] = ["upheld"] * 9 + ["not_upheld", "not_upheld", "closed"]
    table["hard"] = ["one", *[None] * 11]
    result = split(table, texts)
    assert sorted(result["fold"].value_counts()) == [2, 2, 2, 3, 3]
    with pytest.raises(ValueError, match="at least 5 decisions"):
        split(table.head(4), {ref: texts[ref] for ref in table["ref"][:4]})
