"""What goes wrong on a site, and that the download says so instead of storing less."""

import re
from dataclasses import replace

import pytest
from downloads import archived, corpus, decisions, fetch, records, table
from hypothesis import given
from hypothesis import strategies as st
from local_site import LocalSite
from site_pages import listed, slug

from pipeline.block_pages import block_sign, load_signs
from pipeline.download import DownloadError, coverage
from pipeline.download_faults import KINDS, Fault, summarise
from pipeline.render import render


@pytest.fixture
def site():
    with LocalSite(decisions(30)).running() as running:
        yield running


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "download"


def failing(site, folder, **options) -> str:
    """Download, which must fail, and return the message."""
    with pytest.raises(DownloadError) as caught:
        fetch(site, folder, **options)
    message = str(caught.value)
    assert message
    assert all(line.endswith(".") for line in message.splitlines())
    return message


def change(site, number, how) -> str:
    """Change the page of a decision; return its reference."""
    one = site.decisions[number]
    html = how(one.html)
    assert html != one.html
    site.publish([replace(one, html=html)])
    return one.record.ref


def change_all(site, how) -> None:
    for number in range(len(site.decisions)):
        change(site, number, how)


# ---- the whole site ----


def test_block_page_stops_it(site, folder) -> None:
    site.blocking = True
    assert "the site sent a captcha: it is turning downloads" in failing(site, folder)
    assert not (folder / "decisions.parquet").exists()


def test_block_page_half_way_keeps_what_there_is(site, folder) -> None:
    site.on_ask[site.decisions[12].path] = lambda: setattr(site, "blocking", True)
    assert "a captcha" in failing(site, folder)
    assert len(table(folder)) == 12
    site.blocking = False
    fetch(site, folder)
    assert len(table(folder)) == 30
    assert max(site.served().values()) <= 2


@pytest.mark.parametrize(
    "line", ["Decisions found: {count}", "", "Your search is over", "{count} results"]
)
def test_missing_count_line_stops_it(site, folder, line) -> None:
    site.count_line = line
    message = failing(site, folder)
    assert 'no line "Your search has N results": the site has changed the shape' in message
    assert site.asked("/decisions/") == []


def test_results_without_links_stop_it(site, folder) -> None:
    for one in site.decisions:
        site.links[one.record.ref] = f"/case?ref={slug(one.record.ref)}"
    message = failing(site, folder)
    assert re.search(r"announces \d+ decisions but links to none: the site has changed", message)


def test_renamed_label_class_stops_it(site, folder) -> None:
    change_all(site, lambda html: html.replace('class="label"', 'class="field-name"'))
    message = failing(site, folder)
    assert "not in elements of the classes label and value: the site has changed" in message
    assert len(site.asked("/decisions/")) == 5
    assert archived(folder) == []
    assert not (folder / "decisions.parquet").exists()


@pytest.mark.parametrize("name", ["article", "div"])
def test_renamed_article_stops_it(site, folder, name) -> None:
    def renamed(html: str) -> str:
        html = html.replace('<article id="article">', f'<{name} id="text">')
        return html.replace("</article>", f"</{name}>")

    change_all(site, renamed)
    message = failing(site, folder)
    assert 'has no <article id="article">, in which decisions stand: the site has' in message
    assert len(site.asked("/decisions/")) == 5


def test_labels_missing_from_many_pages_in_a_row_stop_it(folder) -> None:
    bare = [listed(record, header="title") for record in records(60)]
    with LocalSite(bare).running() as site:
        message = failing(site, folder)
    assert "20 decisions in a row print no outcome" in message
    assert len(archived(folder)) == 20


def test_robots_txt_is_obeyed(site, folder) -> None:
    site.robots = "User-agent: *\nDisallow: /Decisions/SearchResults\n"
    assert "robots.txt forbids" in failing(site, folder)
    assert [asked.path for asked in site.log] == ["/robots.txt"]


def test_robots_txt_that_forbids_decisions_half_way(site, folder) -> None:
    one = site.decisions[3]
    site.robots = f"User-agent: ombudsman-decisions\nDisallow: {one.path}\n"
    assert f"robots.txt forbids {site.url}{one.path}" in failing(site, folder)
    assert one.path not in site.served()


def test_site_without_robots_txt_may_be_read(site, folder) -> None:
    site.robots = None
    assert fetch(site, folder).decisions == 30


def test_site_that_is_away(folder) -> None:
    with LocalSite(decisions(3)).running() as site:
        pass
    assert "cannot be reached" in failing(site, folder)


@pytest.mark.parametrize("status", ["401", "403"])
def test_site_that_turns_away(site, folder, status) -> None:
    site.plan(site.decisions[2].path, status)
    assert f"away ({status})" in failing(site, folder)


def test_site_that_asks_for_a_long_pause(site, folder) -> None:
    site.retry_after = "7200"
    site.plan(site.decisions[2].path, "429")
    assert "left alone for 120 minutes" in failing(site, folder)
    assert len(table(folder)) == 2


def test_site_that_is_asked_too_often(site, folder) -> None:
    site.plan(site.decisions[2].path, *["429"] * 8)
    assert "asked too often, after 8 attempts" in failing(site, folder)
    assert len({asked.path for asked in site.asked("/decisions/")}) == 3


def test_not_modified_where_nothing_was_asked_for_again(site, folder) -> None:
    site.plan(site.decisions[2].path, "304")
    assert site.decisions[2].path in failing(site, folder)
    assert len(table(folder)) == 29


def test_search_that_stays_broken(site, folder) -> None:
    site.plan("/Decisions/SearchResults?fd=2023-03-01&td=2023-03-31&page=1", *["503"] * 8)
    assert "The list of 2023-03-01 to 2023-03-31 could not be had" in failing(site, folder)


def test_nothing_announced(site, folder) -> None:
    site.publish([])
    for one in list(site.decisions):
        site.unlist(one.record.ref)
    assert "announces no decision for these days" in failing(site, folder)
    assert not (folder / "decisions.parquet").exists()


def test_nothing_of_the_category(site, folder) -> None:
    for one in list(site.decisions):
        if one.record.category == "Health":
            site.unlist(one.record.ref)
    assert "No decision of what was asked for" in failing(site, folder, categories=["Health"])


# ---- single months and decisions ----


def test_fewer_decisions_than_announced(site, folder) -> None:
    site.announced_more = 2
    message = failing(site, folder)
    assert "another number of decisions than its count line announces (1 case)" in message
    assert "2023-01-01 to 2023-01-31: 32 announced, 30 listed." in message
    assert len(table(folder)) == 30
    assert coverage(folder).set_index("month").loc["2023-01", "missing"] == 2
    # A list that is put right later is taken up again.
    site.announced_more = 0
    assert fetch(site, folder).coverage["missing"].sum() == 0
    assert max(site.served().values()) == 1


def test_more_decisions_than_announced(site, folder) -> None:
    site.announced_more = -2
    assert "28 announced, 30 listed." in failing(site, folder)
    assert len(table(folder)) == 30


def test_decision_without_label(site, folder) -> None:
    record = site.decisions[5].record
    site.publish([listed(record, header="title")])
    for _ in range(2):
        message = failing(site, folder)
        assert "prints none of the three outcomes" in message
        assert f"{record.ref} prints no outcome" in message
        assert record.ref not in set(table(folder)["ref"])
        row = coverage(folder)[["announced", "fetched", "parsed", "missing"]].sum()
        assert list(row) == [30, 30, 29, 0]
    assert (f"{site.url}{site.decisions[5].path}", 200) in archived(folder)
    assert max(site.served().values()) == 1
    assert record.ref in (folder / "faults.csv").read_text()


@pytest.mark.parametrize("label", ["To be confirmed", "Partly upheld", "Banana"])
def test_decision_with_another_label(site, folder, label) -> None:
    ref = change(
        site,
        0,
        lambda html: re.sub(
            r'(>Decision :</\w+>\s*<\w+ class="value">)[^<]*', rf"\g<1>{label}", html
        ),
    )
    assert f"{ref} prints no outcome" in failing(site, folder)


def test_decision_without_date(site, folder) -> None:
    ref = change(site, 0, lambda html: re.sub(r"<div><span[^>]*>Decision date :.*</div>", "", html))
    assert f"{ref} prints no date" in failing(site, folder)


def test_announced_decision_that_is_gone(site, folder) -> None:
    one = site.decisions[8]
    site.withdrawn.add(one.record.ref)
    message = failing(site, folder)
    assert "is announced, but its address leads nowhere (1 case)" in message
    assert f"{one.record.ref}: {site.url}{one.path} leads nowhere (410)." in message
    assert coverage(folder)["missing"].sum() == 1
    assert len(table(folder)) == 29


def test_list_of_decisions_is_no_decision(site, folder) -> None:
    one = site.decisions[8]
    site.publish([replace(one, html=site.results("2023-01-01", "2023-01-31", 1))])
    assert f"{one.path} shows a list of decisions." in failing(site, folder)
    assert one.record.ref not in set(table(folder)["ref"])


def test_address_that_shows_another_decision(site, folder) -> None:
    one, other = site.decisions[8], site.decisions[9]
    site.publish([replace(one, html=other.html)])
    assert f"{one.path} shows the decision {other.record.ref}." in failing(site, folder)


def test_page_that_stays_broken_is_left_for_the_next_time(site, folder) -> None:
    one = site.decisions[8]
    site.plan(one.path, *["cut"] * 8)
    message = failing(site, folder)
    assert "the page ends before its last line" in message
    assert len(table(folder)) == 29
    assert fetch(site, folder).decisions == 30


def test_many_broken_pages_in_a_row_stop_it(site, folder) -> None:
    for one in site.decisions:
        site.plan(one.path, *["500"] * 8)
    assert "5 decisions in a row could not be fetched" in failing(site, folder)
    assert len({asked.path for asked in site.asked("/decisions/")}) == 5


def test_damaged_archive_is_noticed_and_can_be_mended(site, folder) -> None:
    fetch(site, folder)
    path = folder / "decisions-00001.warc.gz"
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size // 2)
    assert "is damaged at byte" in failing(site, folder)
    for checkpoint in folder.glob("checkpoint.sqlite*"):
        checkpoint.unlink()
    fetch(site, folder)
    assert len(table(folder)) == 30


def test_full_disk_is_said(site, folder, monkeypatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.archive.os.fsync", full)
    assert "cannot be written to" in failing(site, folder)
    monkeypatch.undo()
    assert fetch(site, folder).decisions == 30
    assert len(archived(folder)) == 30


def test_folder_that_is_a_file(site, tmp_path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be written to" in failing(site, tmp_path / "file")


def test_faults_are_summed_up_by_kind() -> None:
    faults = [Fault("gone", f"ref {n}", "", f"Ref {n} is gone.") for n in range(7)]
    faults.append(Fault("no_label", "x", "", "X has none."))
    sentences = summarise(faults)
    assert sentences == [
        f"{KINDS['no_label'][0].upper()}{KINDS['no_label'][1:]} (1 case). X has none.",
        f"{KINDS['gone'][0].upper()}{KINDS['gone'][1:]} (7 cases). "
        "Ref 0 is gone. Ref 1 is gone. Ref 2 is gone. And 4 more.",
    ]


# ---- block pages ----

EXAMPLES = [(sign["name"], text) for sign in load_signs() for text in sign["examples"]]
COUNTER_EXAMPLES = [text for sign in load_signs() for text in sign["counter_examples"]]


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_signs_are_found(name, text) -> None:
    assert block_sign(f"<html><body>{text}</body></html>") == name


@pytest.mark.parametrize("text", COUNTER_EXAMPLES)
def test_other_words_are_no_sign(text) -> None:
    assert block_sign(f"<html><body>{text}</body></html>") == ""


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_decision_or_results_with_such_words_are_no_block_page(name, text) -> None:
    assert block_sign(f'<body><article id="article">{text}</article></body>') == ""
    assert block_sign(f"<body><p>Your search has 3 results</p>{text}</body>") == "", name


@given(st.integers(0, len(corpus()) - 1))
def test_no_decision_of_the_corpus_looks_like_a_block_page(number) -> None:
    page = render(corpus()[number], "html").html.replace("article", "section")
    assert block_sign(page) == ""
