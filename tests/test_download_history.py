"""A site that changes between downloads that stop: the table follows it in the end."""

import random
from contextlib import suppress
from dataclasses import replace

import pytest
from downloads import archived, clock_at, decisions, fetch, records, table
from local_site import LocalSite
from site_pages import listed

from pipeline.decision import OUTCOMES
from pipeline.download import DownloadError


class History:
    """What happens to the site, and what the folder should hold at the end."""

    def __init__(self, site, folder, seed) -> None:
        self.site = site
        self.folder = folder
        self.chance = random.Random(seed)
        self.day = 0
        self.off = []
        self.seen = {}

    def step(self) -> None:
        self.day += 1
        happening = self.chance.choice(
            (self.publish, self.amend, self.withdraw, self.restore, self.run, self.run_and_stop)
        )
        happening()

    def publish(self) -> None:
        number = 900 + self.day
        record = replace(records(number + 1)[number], ref=f"24 000 {number:03}")
        self.site.publish([listed(record)])

    def amend(self) -> None:
        one = self.chance.choice(self.site.decisions)
        others = [outcome for outcome in OUTCOMES if outcome != one.record.outcome]
        self.site.publish([listed(replace(one.record, outcome=self.chance.choice(others)))])

    def withdraw(self) -> None:
        one = self.chance.choice(self.site.decisions)
        self.site.unlist(one.record.ref)
        self.off.append(one)

    def restore(self) -> None:
        if self.off:
            self.site.publish([self.off.pop()])

    def run(self, **options) -> None:
        refresh = self.chance.random() < 0.4
        options = {"refresh": refresh, "clock": clock_at(self.day), **options}
        try:
            fetch(self.site, self.folder, **options)
        finally:
            self.note()

    def run_and_stop(self) -> None:
        victim = self.chance.choice(self.site.decisions)
        self.site.plan(victim.path, "403")
        limit = self.chance.choice((None, 7))
        with suppress(DownloadError):
            self.run(limit=limit)
        self.site.planned.clear()

    def note(self) -> None:
        """Remember every state that was fetched."""
        if (self.folder / "decisions.parquet").exists():
            for name in ("decisions", "earlier_versions"):
                for _, row in table(self.folder, name).iterrows():
                    states = self.seen.setdefault(row["ref"], set())
                    states.add((row["sha256"], row["outcome"]))


@pytest.mark.parametrize("seed", range(5))
def test_table_follows_the_site(tmp_path, seed) -> None:
    folder = tmp_path / "download"
    with LocalSite(decisions(25)).running() as site:
        history = History(site, folder, seed)
        for _ in range(12):
            history.step()
        history.day += 1
        fetch(site, folder, clock=clock_at(history.day))
        history.day += 1
        fetch(site, folder, refresh=True, clock=clock_at(history.day))
    current = table(folder).set_index("ref")
    published = {one.record.ref: one.record.outcome for one in site.decisions}
    standing = current[current["withdrawn"] == ""]
    assert dict(standing["outcome"]) == published
    assert set(current.index) == set(published) | set(history.seen)
    # Nothing that was ever in the table is lost.
    kept = {}
    for name in ("decisions", "earlier_versions"):
        for _, row in table(folder, name).iterrows():
            kept.setdefault(row["ref"], set()).add((row["sha256"], row["outcome"]))
    for ref, states in history.seen.items():
        assert states <= kept[ref]
    rows = len(current) + len(table(folder, "earlier_versions"))
    assert rows == sum(status == 200 for _, status in archived(folder))
