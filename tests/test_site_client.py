"""Manners: rate, robots.txt, Retry-After, redirects; and answers that are not what they seem."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise

import httpx
import pytest
from downloads import decisions
from local_site import LocalSite

from pipeline.download_faults import DownloadError, TransientError
from pipeline.site_client import SiteClient, retry_after, user_agent


@pytest.fixture
def site():
    with LocalSite(decisions(12)).running() as running:
        yield running


def client(site, **options) -> SiteClient:
    return SiteClient(site.url, **{"rate": 1000.0, "backoff": 0.001, **options})


def test_rate_holds_for_every_request(site) -> None:
    one = site.decisions[0]
    site.moved["/old"] = one.path
    for other in site.decisions:
        site.plan(other.path, "500", "drop", "truncated")
    with client(site, rate=50.0) as polite:
        for other in site.decisions:
            polite.get(site.url + other.path)
        polite.get(site.url + "/old")
    times = [asked.time for asked in site.log]
    assert len(times) == 1 + 4 * len(site.decisions) + 2
    # The first may be late on its way, so that those after it seem to come early.
    assert (len(times) - 2) / (times[-1] - times[0]) <= 50.0
    assert site.busiest(0.2) <= 10 + 2


def test_rate_holds_over_a_new_start(site) -> None:
    for _ in range(2):
        with client(site, rate=2.0) as polite:
            polite.get(site.url + "/")
    times = [asked.time for asked in site.log]
    assert all(after - before >= 0.25 for before, after in pairwise(times))


def test_crawl_delay_of_robots_txt_holds(site) -> None:
    site.robots = "User-agent: *\nCrawl-delay: 1\n"
    with client(site) as polite:
        polite.get(site.url + site.decisions[0].path)
    assert site.log[1].time - site.log[0].time >= 0.5


@pytest.mark.parametrize("status", ["429", "503"])
def test_retry_after_is_waited_for(site, status) -> None:
    path = site.decisions[0].path
    site.retry_after = "1"
    site.plan(path, status)
    with client(site) as polite:
        polite.get(site.url + path)
    first, second = site.asked(path)
    assert second.time - first.time >= 0.95


def response(value: str) -> httpx.Response:
    return httpx.Response(429, headers={"Retry-After": value})


def test_forms_of_retry_after() -> None:
    assert retry_after(httpx.Response(429)) is None
    assert retry_after(response("17")) == 17
    assert retry_after(response("soon")) is None
    assert retry_after(response("-3")) is None
    now = datetime.now(UTC)
    waits = retry_after(response(format_datetime(now + timedelta(seconds=60), usegmt=True)))
    assert waits == pytest.approx(60, abs=3)
    assert retry_after(response(format_datetime(now - timedelta(hours=1), usegmt=True))) == 0
    with pytest.raises(DownloadError, match="left alone for 60 minutes"):
        retry_after(response("3600"))


def test_pauses_double_and_vary(site) -> None:
    path = site.decisions[0].path
    site.plan(path, *["500"] * 5)
    with client(site, backoff=0.02) as polite:
        polite.get(site.url + path)
    times = [asked.time for asked in site.asked(path)]
    pauses = [after - before for before, after in pairwise(times)]
    assert all(pause >= 0.02 * 2**n for n, pause in enumerate(pauses))


def test_attempts_come_to_an_end(site) -> None:
    path = site.decisions[0].path
    site.plan(path, *["500"] * 50)
    with client(site) as polite, pytest.raises(TransientError, match="answered 500"):
        polite.get(site.url + path)
    assert len(site.asked(path)) == 8


@pytest.mark.parametrize("fault", ["drop", "truncated", "cut", "500", "503", "429", "429-date"])
def test_faulty_answer_is_asked_for_again(site, fault) -> None:
    one = site.decisions[1]
    site.plan(one.path, fault)
    with client(site) as polite:
        assert polite.get(site.url + one.path).text() == one.html
    assert [asked.answer for asked in site.asked(one.path)][1] == "200"


def test_wrong_charset_does_no_harm(site) -> None:
    curly = [one for one in site.decisions if "\u2019" in one.html]
    assert curly
    with client(site) as polite:
        for one in curly:
            site.plan(one.path, "charset")
            answer = polite.get(site.url + one.path)
            assert "iso-8859-1" in answer.header("Content-Type")
            assert answer.text() == one.html


def test_windows_1252_page_is_read(site) -> None:
    one = next(one for one in site.decisions if "\u2019" in one.html)
    site.encoding = "cp1252"
    with client(site) as polite:
        assert polite.get(site.url + one.path).text() == one.html


def test_silent_site_is_given_up(site) -> None:
    one = site.decisions[0]
    site.plan(one.path, *["silent"] * 20)
    with client(site, timeout=0.02) as polite, pytest.raises(TransientError, match="did not"):
        polite.get(site.url + one.path)


def test_redirects_within_the_site_are_followed(site) -> None:
    one = site.decisions[0]
    site.moved["/a"] = "/b"
    site.moved["/b"] = site.url + one.path
    with client(site) as polite:
        answer = polite.get(site.url + "/a")
    assert (answer.status, answer.url) == (200, site.url + one.path)
    assert answer.redirect is not None
    assert answer.redirect.url == site.url + "/a"


@pytest.mark.parametrize(
    "target", ["http://127.0.0.2:9/x", "/circle", "ftp://127.0.0.1/x", "http://[", ""]
)
def test_redirects_that_lead_nowhere_are_handed_back(site, target) -> None:
    site.moved["/circle"] = target
    with client(site) as polite:
        assert polite.get(site.url + "/circle").status == 301
    assert all(asked.path in ("/robots.txt", "/circle") for asked in site.log)


def test_robots_txt_holds_for_redirects(site) -> None:
    site.robots = "User-agent: *\nDisallow: /private/\n"
    site.moved["/open"] = "/private/page"
    with client(site) as polite, pytest.raises(DownloadError, match=r"forbids .*/private/page"):
        polite.get(site.url + "/open")


def test_broken_robots_txt_stops_it(site) -> None:
    site.robots_status = 500
    with client(site) as polite, pytest.raises(DownloadError, match="not known what may be"):
        polite.get(site.url + "/")
    assert {asked.path for asked in site.log} == {"/robots.txt"}


def test_says_who_it_is(site) -> None:
    with client(site, contact="desk@example.org") as polite:
        polite.get(site.url + site.decisions[0].path)
    for asked in site.log:
        assert asked.headers["User-Agent"].startswith("ombudsman-decisions/")
        assert "contact: desk@example.org" in asked.headers["User-Agent"]
    assert "contact" not in user_agent()


def test_page_that_never_ends_is_given_up() -> None:
    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/robots.txt" else 200)
            self.end_headers()
            try:
                for _ in range(0 if self.path == "/robots.txt" else 30):
                    self.wfile.write(b"x" * 1_000_000)
            except ConnectionError:
                return

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Endless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        with (
            SiteClient(url, rate=1000, backoff=0.001) as polite,
            pytest.raises(TransientError, match="larger than any page"),
        ):
            polite.get(f"{url}/x")
    finally:
        server.shutdown()
        server.server_close()
