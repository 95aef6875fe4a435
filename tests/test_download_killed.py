"""A download of 2,000 decisions from a faulty site, killed and started again."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from downloads import archived, decisions, table
from local_site import FAULTS, LocalSite

from pipeline.corpus_table import TABLE

DRIVER = Path(__file__).parent / "site" / "download_once.py"
COUNT = 2_000
RATE = 500
KILLS = 10
LAST_SEARCH = "/Decisions/SearchResults?fd=2023-01-01&td=2023-01-31&page=1"


def start(folder, site) -> subprocess.Popen:
    command = [sys.executable, str(DRIVER), str(folder), site.url, str(RATE)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def finish(process) -> None:
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors


def kill_when(process, reached, pause: float) -> None:
    """Kill the process a moment after the site has been asked for so much."""
    while not reached():
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.002)
    time.sleep(pause)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def reached(site, answers: int):
    return lambda: len(site.log) >= answers


@pytest.fixture(scope="module")
def site():
    with LocalSite(decisions(COUNT, days=365), faulty=0.05, seed=7).running() as running:
        yield running


@pytest.fixture(scope="module")
def whole(site, tmp_path_factory):
    """A folder that was downloaded in one go."""
    folder = tmp_path_factory.mktemp("whole")
    finish(start(folder, site))
    return folder


def test_all_decisions_each_once_from_a_faulty_site(site, whole) -> None:
    answers = Counter(asked.answer for asked in site.log)
    faults = {name.removesuffix("-burst").removesuffix("-date") for name in FAULTS}
    assert faults <= set(answers)
    bad = sum(answers[name] for name in faults)
    assert bad >= 0.05 * COUNT
    published = sorted(one.record.ref for one in site.decisions)
    assert len(published) == COUNT
    found = table(whole)
    TABLE.validate(found)
    assert list(found["ref"]) == published
    pages = [(site.url + one.path, 200) for one in site.decisions]
    assert sorted(archived(whole)) == sorted(pages)
    assert set(site.served().values()) == {1}
    assert site.busiest(1.0) <= RATE + 2


def test_killed_ten_times_gives_the_same_table(site, whole, tmp_path) -> None:
    folder = tmp_path / "killed"
    site.log.clear()
    chance = random.Random(20260131)
    for answers in sorted(chance.sample(range(20, COUNT), KILLS - 2)):
        kill_when(start(folder, site), reached(site, answers), chance.uniform(0, 0.02))
    # All pages are there for the last two: they fall into the making of the table.
    for page in (site.decisions[-1].path, LAST_SEARCH):
        asked = threading.Event()
        site.on_ask[page] = asked.set
        kill_when(start(folder, site), asked.is_set, chance.uniform(0.1, 0.6))
    finish(start(folder, site))
    for name in ("decisions", "earlier_versions"):
        expected = (whole / f"{name}.parquet").read_bytes()
        assert (folder / f"{name}.parquet").read_bytes() == expected
    assert (folder / "coverage.csv").read_bytes() == (whole / "coverage.csv").read_bytes()
    assert sorted(archived(folder)) == sorted(archived(whole))
    # A page may be on its way when the process is killed; no other is sent twice.
    served = site.served()
    assert len(served) == COUNT
    assert sum(served.values()) <= COUNT + KILLS
    assert site.busiest(1.0) <= RATE + 2
