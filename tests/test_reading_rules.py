"""The word lists of the reading room, tried with their examples and counter-examples."""

from __future__ import annotations

import pytest

from pipeline.decision import OUTCOMES
from pipeline.fields import outcome_of, plain
from pipeline.header_fields import fits, whole_line_fields
from pipeline.inputs import READABLE
from pipeline.reading_rules import (
    BANNER,
    BODY_LINE,
    CODE_LINE,
    CUES,
    OTHER_WORDINGS,
    OUTCOME_WORDINGS,
    RULES,
    SUFFIX_ADVICE,
)
from pipeline.screening import reads_like_a_decision


@pytest.mark.parametrize(("printed", "outcome"), RULES["outcome"]["examples"])
def test_outcome_examples(printed: str, outcome: str) -> None:
    assert outcome_of(printed) == outcome


@pytest.mark.parametrize("printed", RULES["outcome"]["counter_examples"])
def test_outcome_counter_examples(printed: str) -> None:
    assert outcome_of(printed) is None


def test_every_wording_is_an_outcome_or_another_word_in_its_place() -> None:
    assert set(OUTCOME_WORDINGS) == set(OUTCOMES)
    for outcome, wordings in OUTCOME_WORDINGS.items():
        assert {outcome_of(wording) for wording in wordings} == {outcome}
    for wording in OTHER_WORDINGS:
        assert outcome_of(wording) is None
        assert fits("outcome", wording)
        (one,) = whole_line_fields(f"decision : {wording}")
        assert one.value == wording


@pytest.mark.parametrize("line", RULES["body"]["examples"])
def test_body_examples(line: str) -> None:
    assert BODY_LINE.match(plain(line))


@pytest.mark.parametrize("line", RULES["body"]["counter_examples"])
def test_body_counter_examples(line: str) -> None:
    assert not BODY_LINE.match(plain(line))


@pytest.mark.parametrize("text", RULES["cues"]["examples"])
def test_cue_examples(text: str) -> None:
    assert reads_like_a_decision(text)


@pytest.mark.parametrize("text", RULES["cues"]["counter_examples"])
def test_cue_counter_examples(text: str) -> None:
    assert not reads_like_a_decision(text)


def test_every_cue_is_in_an_example_or_known_from_the_statutes() -> None:
    texts = "\n".join(RULES["cues"]["examples"])
    silent = [cue.pattern for cue in CUES if not cue.search(texts)]
    assert len(silent) <= len(CUES) // 2, silent


@pytest.mark.parametrize("line", RULES["code"]["examples"])
def test_code_examples(line: str) -> None:
    assert CODE_LINE.match(line)


@pytest.mark.parametrize("line", RULES["code"]["counter_examples"])
def test_code_counter_examples(line: str) -> None:
    assert not CODE_LINE.match(line)


@pytest.mark.parametrize("line", RULES["banner"]["examples"])
def test_banner_examples(line: str) -> None:
    assert BANNER.search(line)


@pytest.mark.parametrize("line", RULES["banner"]["counter_examples"])
def test_banner_counter_examples(line: str) -> None:
    assert not BANNER.search(line)


def test_advice_is_for_suffixes_that_are_not_read() -> None:
    assert not set(SUFFIX_ADVICE) & set(READABLE)
    assert all(suffix.startswith(".") for suffix in SUFFIX_ADVICE)


def test_no_column_name_means_two_fields() -> None:
    names = [name for known in RULES["columns"].values() for name in known]
    assert len(names) == len(set(names))
