"""Downloading from a local copy of the site: what is stored, and what happens the next time."""

import re
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from downloads import archived, clock_at, decisions, fetch, records, table, words
from local_site import LocalSite
from site_pages import listed

from pipeline.checkpoint import Checkpoint
from pipeline.corpus_table import TABLE
from pipeline.download import DownloadError, coverage, load_downloaded, parse_rate

AROUND = re.compile(
    r"Back to top$|Print this page$|The Ombudsm[ae]n's final decision:$"
    r"|Investigator's decision on behalf of|Ombudsman satisfied with Council's response:"
)
FIELDS = ("ref", "authority", "category", "subcategory", "date", "outcome")


@pytest.fixture
def site():
    with LocalSite(decisions(45)).running() as running:
        yield running


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "download"


def pages_asked(site):
    return [asked.path for asked in site.asked("/decisions/")]


def searches(site):
    return [asked.path.partition("?")[2] for asked in site.asked("/Decisions/")]


def test_everything_published_is_in_the_table(site, folder) -> None:
    report = fetch(site, folder, clock=clock_at(0))
    found = table(folder)
    TABLE.validate(found)
    assert list(found["ref"]) == sorted(one.record.ref for one in site.decisions)
    assert report.decisions == report.counts.new == len(site.decisions)
    rows = found.set_index("ref", drop=False)
    for one in site.decisions:
        row = rows.loc[one.record.ref]
        assert [row[name] for name in FIELDS] == [getattr(one.record, name) for name in FIELDS]
        assert row["url"] == site.url + one.path
        assert row["sha256"] == sha256(one.html.encode()).hexdigest()
        assert row["fetched_at"] == "2026-01-31T12:00:00Z"
        assert row["withdrawn"] == ""


def test_words_of_each_page_are_those_of_its_record(site, folder) -> None:
    fetch(site, folder)
    for decision in load_downloaded(folder):
        record = next(one.record for one in site.decisions if one.record.ref == decision.ref)
        written = [line for part in record.sections for line in (part.heading, *part.lines())]
        kept = [line for line in decision.text.split("\n") if not AROUND.match(line)]
        assert words("\n".join(kept)) == words("\n".join(written)), decision.ref


def test_table_gives_back_decisions(site, folder) -> None:
    fetch(site, folder)
    loaded = list(load_downloaded(folder))
    assert [decision.ref for decision in loaded] == list(table(folder)["ref"])
    assert all(decision.outcome and decision.text for decision in loaded)
    assert not any("Decision :" in decision.text for decision in loaded)


def test_coverage_counts_by_month(site, folder) -> None:
    report = fetch(site, folder)
    by_month = report.coverage.set_index("month")
    assert list(by_month.index) == ["2023-01", "2023-02", "2023-03"]
    for month, row in by_month.iterrows():
        published = [one for one in site.decisions if one.record.date.startswith(str(month))]
        assert row["announced"] == row["fetched"] == row["parsed"] == len(published)
        assert row["missing"] == row["left_out"] == 0
    assert coverage(folder).equals(report.coverage)


def test_joint_case_is_two_decisions(site, folder) -> None:
    fetch(site, folder)
    joint = [ref for ref in table(folder)["ref"] if ref[-1] in "ab"]
    assert joint
    assert {ref[:10] for ref in joint if ref[-1] == "a"} == {
        ref[:10] for ref in joint if ref[-1] == "b"
    }


def test_second_run_asks_for_no_decision_again(site, folder) -> None:
    first = fetch(site, folder)
    site.log.clear()
    again = fetch(site, folder)
    assert pages_asked(site) == []
    assert searches(site) == [
        "fd=2023-03-01&td=2023-03-31&page=1",
        "fd=2023-02-01&td=2023-02-28&page=1",
        "fd=2023-01-01&td=2023-01-31&page=1",
    ]
    assert again.counts.new == 0
    assert again.coverage.equals(first.coverage)


def test_new_decision_is_added(site, folder) -> None:
    fetch(site, folder)
    new = listed(replace(records(1)[0], ref="23 999 999", date="2023-02-10"))
    site.publish([new])
    site.log.clear()
    report = fetch(site, folder)
    assert pages_asked(site) == [new.path]
    assert report.counts.new == 1
    assert "23 999 999" in set(table(folder)["ref"])


def test_amended_decision_keeps_both_versions(site, folder) -> None:
    fetch(site, folder, clock=clock_at(0))
    old = site.decisions[4]
    assert old.record.outcome != "not_upheld"
    site.publish([listed(replace(old.record, outcome="not_upheld"))])
    report = fetch(site, folder, refresh=True, clock=clock_at(30))
    assert (report.counts.amended, report.counts.new) == (1, 0)
    assert report.counts.unchanged == len(site.decisions) - 1
    now = table(folder).set_index("ref").loc[old.record.ref]
    before = table(folder, "earlier_versions").set_index("ref")
    assert now["outcome"] == "not_upheld"
    assert now["fetched_at"].startswith("2026-03-02")
    assert list(before.index) == [old.record.ref]
    assert before.loc[old.record.ref, "outcome"] == old.record.outcome
    assert archived(folder).count((site.url + old.path, 200)) == 2


def test_refresh_does_not_send_what_has_not_changed(site, folder) -> None:
    fetch(site, folder, clock=clock_at(0))
    site.log.clear()
    report = fetch(site, folder, refresh=True, clock=clock_at(1))
    answers = {asked.path: asked.answer for asked in site.asked("/decisions/")}
    assert len(answers) == len(site.decisions)
    # Those whose page bears an ETag.
    with_etag = {one.path for one in site.decisions if one.record.ref[-1] in "014589ab"}
    assert {path for path, answer in answers.items() if answer == "304"} == with_etag
    assert report.counts.unchanged == len(site.decisions)
    assert len(archived(folder)) == len(site.decisions)


def test_refresh_that_was_stopped_goes_on(site, folder) -> None:
    fetch(site, folder, clock=clock_at(0))
    victim = site.decisions[20]
    site.plan(victim.path, "403")
    site.log.clear()
    with pytest.raises(DownloadError, match="turned the request"):
        fetch(site, folder, refresh=True, clock=clock_at(1))
    fetch(site, folder, refresh=True, clock=clock_at(2))
    times = [pages_asked(site).count(one.path) for one in site.decisions]
    assert sorted(times) == [1] * (len(times) - 1) + [2]


def test_other_bytes_alone_are_no_amendment(site, folder) -> None:
    fetch(site, folder, clock=clock_at(0))
    site.publish(
        [
            replace(one, html=one.html.replace("</body>", "<!-- served by 7 --></body>"))
            for one in site.decisions
        ]
    )
    report = fetch(site, folder, refresh=True, clock=clock_at(1))
    assert report.counts.amended == 0
    assert len(table(folder, "earlier_versions")) == 0


@pytest.mark.parametrize("how", ["unlisted", "still listed", "redirected", "moved off the site"])
def test_withdrawn_decision_is_marked_and_kept(site, folder, how) -> None:
    fetch(site, folder, clock=clock_at(0))
    gone = site.decisions[10]
    ref = gone.record.ref
    if how == "unlisted":
        site.unlist(ref)
    elif how == "still listed":
        site.withdrawn.add(ref)
    else:
        site.moved[gone.path] = "/" if how == "redirected" else "http://127.0.0.2:9/archive"
    report = fetch(site, folder, refresh=how != "unlisted", clock=clock_at(5))
    assert report.counts.withdrawn == 1
    rows = table(folder).set_index("ref")
    assert rows.loc[ref, "withdrawn"] == "2026-02-05"
    assert rows.loc[ref, "text"]
    assert (rows["withdrawn"] != "").sum() == 1
    assert report.coverage["missing"].sum() == 0


def test_republished_decision_loses_its_mark(site, folder) -> None:
    fetch(site, folder, clock=clock_at(0))
    gone = site.decisions[10]
    site.withdrawn.add(gone.record.ref)
    fetch(site, folder, refresh=True, clock=clock_at(5))
    site.withdrawn.clear()
    fetch(site, folder, clock=clock_at(6))
    assert (table(folder)["withdrawn"] == "").all()


def test_lost_checkpoint_is_made_anew_from_the_pages(site, folder) -> None:
    fetch(site, folder, clock=clock_at(0))
    before = (folder / "decisions.parquet").read_bytes()
    for path in folder.glob("checkpoint.sqlite*"):
        path.unlink()
    site.log.clear()
    fetch(site, folder, clock=clock_at(1))
    assert pages_asked(site) == []
    assert (folder / "decisions.parquet").read_bytes() == before


def test_categories(site, folder) -> None:
    wanted = {one.record.ref for one in site.decisions if one.record.category == "Education"}
    assert wanted
    report = fetch(site, folder, categories=["education"])
    assert set(table(folder)["ref"]) == wanted
    assert report.coverage["missing"].sum() == 0
    assert report.coverage["left_out"].sum() == len(site.decisions) - len(wanted)
    fetch(site, folder)
    assert len(table(folder)) == len(site.decisions)


def test_limit_takes_the_newest_and_stays_the_same(site, folder) -> None:
    for _ in range(2):
        report = fetch(site, folder, limit=13)
        assert set(table(folder)["ref"]) == {one.record.ref for one in site.decisions[:13]}
    assert len(site.served()) == 13
    assert report.coverage["missing"].sum() == 0
    site.log.clear()
    fetch(site, folder)
    assert len(site.served()) == len(site.decisions) - 13


def test_days_within_a_month(site, folder) -> None:
    report = fetch(site, folder, since=date(2023, 1, 10), until=date(2023, 2, 9))
    assert list(report.coverage["month"]) == [
        "2023-01-10 to 2023-01-31",
        "2023-02-01 to 2023-02-09",
    ]
    assert table(folder)["date"].min() >= "2023-01-10"
    assert table(folder)["date"].max() <= "2023-02-09"
    whole = fetch(site, folder)
    assert list(whole.coverage["month"]) == ["2023-01", "2023-02", "2023-03"]
    assert max(site.served().values()) == 1


def test_withdrawn_decision_is_noticed_when_the_month_has_grown(site, folder) -> None:
    fetch(site, folder, until=date(2023, 2, 10), clock=clock_at(0))
    gone = next(one for one in site.decisions if one.record.date == "2023-02-05")
    site.unlist(gone.record.ref)
    report = fetch(site, folder, until=date(2023, 2, 11), clock=clock_at(1))
    assert report.counts.withdrawn == 1
    assert list(report.coverage["month"]) == ["2023-01", "2023-02-01 to 2023-02-11"]


def test_links_in_any_form_lead_to_one_decision(site, folder) -> None:
    forms = ("{}?displaypref=2", "{}?chapter=0", "{}/", "/DECISIONS{}")
    for number, one in enumerate(site.decisions):
        form = forms[number % len(forms)]
        path = one.path.removeprefix("/decisions") if form.startswith("/D") else one.path
        site.links[one.record.ref] = form.format(path)
    report = fetch(site, folder)
    assert report.decisions == len(site.decisions)
    assert all(url == url.lower() and "?" not in url for url in table(folder)["url"])


def test_second_address_of_a_decision_is_folded(site, folder) -> None:
    one = site.decisions[0]
    slug = one.path.rpartition("/")[2]
    site.also_listed.append((one.record.ref, f"/decisions/housing/homelessness/{slug}"))
    assert fetch(site, folder, limit=7).decisions == 7
    report = fetch(site, folder)
    assert report.decisions == len(site.decisions)
    assert report.coverage["left_out"].sum() == 1
    assert report.coverage["missing"].sum() == 0


def test_redirect_within_the_site_is_followed(site, folder) -> None:
    one = site.decisions[0]
    old = f"/decisions/old-category/other/{one.path.rpartition('/')[2]}"
    site.moved[old] = one.path
    site.links[one.record.ref] = old
    fetch(site, folder)
    row = table(folder).set_index("ref").loc[one.record.ref]
    assert row["url"] == site.url + one.path


def test_decision_published_while_listing(site, folder) -> None:
    march = "/Decisions/SearchResults?fd=2023-03-01&td=2023-03-31&page=2"
    new = listed(replace(records(1)[0], ref="23 999 999", date="2023-03-31"))
    site.publish(
        [listed(replace(records(1)[0], ref=f"23 888 {n:03}", date="2023-03-20")) for n in range(25)]
    )
    site.on_ask[march] = lambda: site.publish([new])
    report = fetch(site, folder)
    assert report.coverage["missing"].sum() == 0
    assert set(table(folder)["ref"]) == {one.record.ref for one in site.decisions}
    assert max(site.served().values()) == 1


def test_decision_published_and_another_withdrawn_while_listing(site, folder) -> None:
    march = "/Decisions/SearchResults?fd=2023-03-01&td=2023-03-31&page=2"
    record = records(1)[0]
    site.publish(
        [listed(replace(record, ref=f"23 888 {n:03}", date="2023-03-20")) for n in range(25)]
    )
    new = listed(replace(record, ref="23 999 999", date="2023-03-31"))

    def both() -> None:
        site.unlist("23 888 000")
        site.publish([new])

    site.on_ask[march] = both
    report = fetch(site, folder)
    assert report.coverage["missing"].sum() == 0
    assert set(table(folder)["ref"]) == {one.record.ref for one in site.decisions}


def test_listing_that_was_stopped_goes_on(site, folder) -> None:
    site.publish(
        [listed(replace(records(1)[0], ref=f"23 888 {n:03}", date="2023-03-20")) for n in range(25)]
    )
    third = "fd=2023-03-01&td=2023-03-31&page=3"
    site.plan(f"/Decisions/SearchResults?{third}", "403")
    with pytest.raises(DownloadError, match="turned the request"):
        fetch(site, folder)
    site.log.clear()
    fetch(site, folder)
    assert searches(site)[0] == third


def test_folder_in_use(site, folder) -> None:
    folder.mkdir()
    other = Checkpoint(folder / "checkpoint.sqlite")
    with pytest.raises(DownloadError, match="another download may be running"):
        fetch(site, folder)
    other.close()
    fetch(site, folder)


def test_no_table_yet(tmp_path) -> None:
    with pytest.raises(DownloadError, match="run `decisions download` first"):
        list(load_downloaded(tmp_path))
    with pytest.raises(DownloadError, match="holds no download"):
        coverage(tmp_path)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"since": date(2023, 2, 1), "until": date(2023, 1, 1)}, "is after the last"),
        ({"limit": 0}, "The limit is 0"),
        ({"rate": 0.0}, "is no rate"),
        ({"categories": ["Parking"]}, "is no category of the site: choose from Adult care"),
        ({"contact": "me@example.org\r\nX: y"}, "cannot be sent"),
    ],
)
def test_bad_options_are_refused_before_the_site_is_asked(site, folder, options, sentence) -> None:
    with pytest.raises(DownloadError, match=sentence):
        fetch(site, folder, **options)
    assert site.log == []


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1/s", 1),
        ("0.5/s", 0.5),
        ("30/min", 0.5),
        ("2", 2),
        ("3600 / hour", 1),
        ("4 per second", 4),
    ],
)
def test_rates(text, rate) -> None:
    assert parse_rate(text) == pytest.approx(rate)


@pytest.mark.parametrize("text", ["", "fast", "0/s", "-1/s", "1/day", "1/s/s", "inf"])
def test_what_is_no_rate(text) -> None:
    with pytest.raises(DownloadError, match="is no rate"):
        parse_rate(text)
