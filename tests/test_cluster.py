"""The same parts on a Dask cluster give the same bytes, though a worker dies on the way."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import in_process
import pytest
from distinct_texts import distinct_pages, write_jsonl
from poisoned import poison

from pipeline import scoring
from pipeline.cluster import score_on_cluster
from pipeline.feed import Feed
from pipeline.parts import Settings
from pipeline.scoring import score_files

distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two Dask workers, each a process with one thread."""
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster
    del os.environ["PYTHONPATH"]


def test_a_worker_that_is_killed_midway_changes_nothing(
    cluster: Any, bundle: Path, tmp_path: Path
) -> None:
    slow = poison(bundle, tmp_path / "model")
    pages = distinct_pages(40, length=1500, layouts=("plain",))
    pages = [page.replace("The complaint\n", "The complaint\nzzdawdle\n", 1) for page in pages]
    pages[17] = pages[17].replace("zzdawdle", "zzfail")
    inputs = write_jsonl(tmp_path / "in.jsonl", ["", *pages])
    over = threading.Event()
    killed = []

    def kill_a_worker() -> None:
        while not over.wait(0.01):
            if len(list(tmp_path.glob("*.parts/part-*.parquet"))) > 2:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)
                return

    killer = threading.Thread(target=kill_a_worker)
    killer.start()
    output = tmp_path / "scores.csv"
    summary = score_files(
        [inputs],
        output,
        model=slow,
        part_items=2,
        backend="dask",
        scheduler=cluster.scheduler_address,
    )
    over.set()
    killer.join()
    assert killed
    assert (summary.scored, summary.errors) == (39, 2)
    with pytest.MonkeyPatch.context() as patched:
        in_process.use(patched)
        score_files([inputs], tmp_path / "whole.csv", model=slow)
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_a_worker_without_the_model_stops_the_run(cluster: Any, tmp_path: Path) -> None:
    inputs = write_jsonl(tmp_path / "in.jsonl", list(distinct_pages(1)))
    settings = Settings(str(tmp_path / "not there"), "0")
    parts = scoring.divide(scoring.read_items([inputs]))
    with pytest.raises(ValueError, match="There is no model in"):
        list(score_on_cluster(Feed(parts), settings, cluster.scheduler_address))
