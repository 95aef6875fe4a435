"""Whole runs of `decisions score`: two jobs against one, twenty thousand against a thousand.

Run by `make bench`. Each run is a process of its own; what a run takes before its first
decision is measured apart and taken off, so that the figures are rates.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distinct_texts import distinct_pages, write_jsonl

FEW, MANY, MOST = 1_000, 4_000, 20_000


@pytest.fixture(scope="module")
def inputs(tmp_path_factory) -> dict[int, Path]:
    """Return tables of distinct decisions by their number of rows."""
    folder = tmp_path_factory.mktemp("inputs")
    pages = list(distinct_pages(MOST, seed=3))
    return {
        count: write_jsonl(folder / f"{count}.jsonl", pages[:count])
        for count in (1, FEW, MANY, MOST)
    }


def run(path: Path, bundle: Path, jobs: int = 1) -> tuple[float, float]:
    """Score a table; return the seconds and the most memory in MB."""
    began = time.perf_counter()
    output = path.with_suffix(f".{jobs}.csv")
    program = (sys.executable, "-c", "from pipeline.cli import main; main()")
    options = f"--output {output} --model {bundle} --jobs {jobs}".split()
    done = subprocess.run(
        [*program, "score", str(path), *options], capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - began
    found = re.search(r"most memory ([\d,]+) MB", done.stdout + done.stderr)
    assert found, done.stdout + done.stderr
    return seconds, float(found[1].replace(",", ""))


@pytest.fixture(scope="module")
def start(inputs, bundle) -> dict[int, float]:
    """Return the seconds that a run of one decision takes, by number of jobs."""
    return {jobs: min(run(inputs[1], bundle, jobs)[0] for _ in range(3)) for jobs in (1, 2)}


def report(capsys, benchmark, said: str, **figures: float) -> None:
    benchmark.extra_info.update(figures)
    with capsys.disabled():
        print(f"\n{said}")


def test_two_jobs_against_one(benchmark, capsys, inputs, bundle, start):
    seconds = {jobs: run(inputs[MANY], bundle, jobs)[0] for jobs in (1, 2)}
    benchmark.pedantic(run, args=(inputs[MANY], bundle, 2), rounds=1)
    whole = seconds[1] / seconds[2]
    rates = (seconds[1] - start[1]) / (seconds[2] - start[2])
    report(
        capsys,
        benchmark,
        f"--jobs 2 against 1 on {MANY:,} decisions: {whole:.2f} times as fast, start-up of "
        f"{start[1]:.1f} s taken off {rates:.2f}",
        whole=whole,
        rates=rates,
    )


def test_twenty_thousand_against_a_thousand(benchmark, capsys, inputs, bundle, start):
    few, memory_of_few = run(inputs[FEW], bundle)
    most, memory_of_most = run(inputs[MOST], bundle)
    benchmark.pedantic(run, args=(inputs[FEW], bundle), rounds=1)
    rate_of_few, rate_of_most = FEW / (few - start[1]), MOST / (most - start[1])
    report(
        capsys,
        benchmark,
        f"{FEW:,} decisions: {rate_of_few:.0f} a second, {memory_of_few:.0f} MB; {MOST:,}: "
        f"{rate_of_most:.0f} a second ({rate_of_most / rate_of_few:.2f} times), "
        f"{memory_of_most:.0f} MB ({memory_of_most - memory_of_few:+.0f})",
        rate_of_few=rate_of_few,
        rate_of_most=rate_of_most,
        memory_of_few=memory_of_few,
        memory_of_most=memory_of_most,
    )
