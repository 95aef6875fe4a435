"""Answers are remembered, but not without end."""

from __future__ import annotations

import pytest

from pipeline import remembered
from pipeline.remembered import Remembered


def test_a_line_is_asked_for_once() -> None:
    asked: list[str] = []

    def ask(line: str) -> int:
        asked.append(line)
        return len(line)

    answers = Remembered(ask)
    assert [answers["The complaint"], answers["Summary"], answers["The complaint"]] == [13, 7, 13]
    assert asked == ["The complaint", "Summary"]


def test_no_more_is_kept_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_REMEMBERED", 10)
    answers = Remembered(len)
    for number in range(1_000):
        assert answers[f"line {number}"] == len(f"line {number}")
        assert len(answers) <= 10
