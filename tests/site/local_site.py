"""A copy of the Ombudsman's site for the tests: same addresses and page shapes, on 127.0.0.1.

It can be told to misbehave in the ways a public site does, and keeps a log of what it was
asked.
"""

from __future__ import annotations

import gzip
import os
import random
import re
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from site_pages import Listed, bare_page, search_page

PER_PAGE = 10
FAULTS = ("429", "429-date", "503-burst", "500", "drop", "truncated", "cut", "charset", "slow")
LAST_MODIFIED = "Mon, 06 Jan 2025 10:00:00 GMT"
BLOCK_PAGE = bare_page("Please wait", "Solve the captcha below to show that a person is asking.")


@dataclass(frozen=True)
class Asked:
    """One request: when it came, for what, and how it was answered."""

    time: float
    path: str
    answer: str
    headers: dict[str, str]


@dataclass
class LocalSite:
    """What the site holds and how it behaves. Change the fields while it runs."""

    decisions: list[Listed] = field(default_factory=list)
    faulty: float = 0.0
    """Share of answers that are faulty, drawn anew for each time an address is asked."""
    seed: int = 0
    robots: str | None = "User-agent: *\nDisallow: /search-form\n"
    planned: dict[str, deque[str]] = field(default_factory=dict)
    """Faults for the next times that a path is asked."""
    count_line: str = "Your search has {count} results"
    announced_more: int = 0
    """Decisions that the count line announces and nobody lists."""
    blocking: bool = False
    withdrawn: set[str] = field(default_factory=set)
    """References whose pages are gone (410) though they may be listed."""
    moved: dict[str, str] = field(default_factory=dict)
    """Path to the address that it redirects to."""
    links: dict[str, str] = field(default_factory=dict)
    """Reference to the link under which the results list it."""
    also_listed: list[tuple[str, str]] = field(default_factory=list)
    """Reference and a second link to it, among the results of its month."""
    retry_after: str = "0"
    """Of the answers 429 and 503."""
    encoding: str = "utf-8"
    """In which pages are sent; the header says UTF-8."""
    robots_status: int = 200
    on_ask: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What happens, once, before a path is answered."""
    log: list[Asked] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.times: Counter[str] = Counter()
        self.by_path: dict[str, Listed] = {}
        self.publish(self.decisions)

    def publish(self, decisions: Iterable[Listed]) -> None:
        """Add decisions, or put others in the place of those with the same reference."""
        fresh = {one.record.ref: one for one in decisions}
        kept = [one for one in self.decisions if one.record.ref not in fresh]
        self.decisions = [*kept, *fresh.values()]
        self.decisions.sort(key=lambda one: (one.record.date, one.record.ref), reverse=True)
        self.by_path = {one.path: one for one in self.decisions}

    def unlist(self, ref: str) -> None:
        """Take a decision off the site."""
        self.decisions = [one for one in self.decisions if one.record.ref != ref]
        self.by_path = {one.path: one for one in self.decisions}

    def plan(self, path: str, *faults: str) -> None:
        self.planned[path] = deque(faults)

    def served(self) -> Counter[str]:
        """Return how often each decision's page was sent whole."""
        return Counter(
            asked.path.partition("?")[0]
            for asked in list(self.log)
            if asked.answer in ("200", "charset", "slow") and asked.path.startswith("/decisions/")
        )

    def asked(self, start: str) -> list[Asked]:
        return [asked for asked in list(self.log) if asked.path.startswith(start)]

    def busiest(self, seconds: float) -> int:
        """Return the most requests that came within any stretch of `seconds`."""
        times = sorted(asked.time for asked in list(self.log))
        most = start = 0
        for end, moment in enumerate(times):
            while moment - times[start] >= seconds:
                start += 1
            most = max(most, end - start + 1)
        return most

    def fault_for(self, path: str) -> str:
        with self.lock:
            self.times[path] += 1
            if self.planned.get(path):
                return self.planned[path].popleft()
            chance = random.Random(f"{self.seed}/{path}/{self.times[path]}")
            if chance.random() >= self.faulty:
                return ""
            fault = chance.choice(FAULTS)
            if fault == "503-burst":
                self.planned[path] = deque(["503", "503"])
            return fault.removesuffix("-burst")

    def results(self, first: str, last: str, page: int) -> str:
        """Return a page of the decisions dated from `first` to `last`."""
        items = [
            (self.links.get(one.record.ref, one.path), one.record)
            for one in self.decisions
            if first <= one.record.date <= last
        ]
        records = {record.ref: record for _, record in items}
        items[3:3] = [(href, records[ref]) for ref, href in self.also_listed if ref in records]
        announced = len(items) + (self.announced_more if items else 0)
        line = self.count_line.format(count=f"{announced:,}")
        start = (page - 1) * PER_PAGE
        pages = -(-announced // PER_PAGE)
        return search_page(line, items[start : start + PER_PAGE], page, pages)

    @contextmanager
    def running(self) -> Iterator[LocalSite]:
        """Serve on a free port of the loopback address."""
        os.environ["NO_PROXY"] = "127.0.0.1"
        handler = type("Handler", (_Handler,), {"site": self})
        server = _Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed leaves its connection broken; that is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    site: LocalSite

    def log_message(self, *_: object) -> None:
        """Keep the tests quiet."""

    def do_GET(self) -> None:
        moment = time.monotonic()
        path = urlsplit(self.path).path
        fault = "" if path == "/robots.txt" else self.site.fault_for(self.path)
        self.answer = fault
        self.site.on_ask.pop(self.path, lambda: None)()
        try:
            self._answer(path, fault)
        finally:
            asked = Asked(moment, self.path, self.answer, dict(self.headers))
            self.site.log.append(asked)

    def _answer(self, path: str, fault: str) -> None:
        site = self.site
        if site.blocking and path != "/robots.txt":
            self._send(200, BLOCK_PAGE)
        elif fault in ("429", "429-date"):
            dated = formatdate(usegmt=True)
            after = dated if fault == "429-date" else site.retry_after
            self._send(429, bare_page("Busy", "Slow down."), {"Retry-After": after})
        elif fault.isdecimal():
            after = {"Retry-After": site.retry_after} if fault == "503" else {}
            self._send(int(fault), bare_page("Error", "Something went wrong."), after)
        elif fault == "silent":
            time.sleep(1)
            self.close_connection = True
        elif fault == "drop":
            self.close_connection = True
        else:
            if fault == "slow":
                time.sleep(0.05)
            self._send_page(path, fault)

    def _send_page(self, path: str, fault: str) -> None:
        site = self.site
        if path == "/robots.txt":
            text = site.robots
            if site.robots_status != 200:
                self._send(site.robots_status, bare_page("Error", "Something went wrong."))
            elif text is None:
                self._send(404, bare_page("Not found", "No such page."))
            else:
                self._send(200, text, {"Content-Type": "text/plain"})
        elif path in site.moved:
            self._send(301, "", {"Location": site.moved[path]})
        elif path.lower() == "/decisions/searchresults":
            query = parse_qs(urlsplit(self.path).query)
            first, last, page = query["fd"][0], query["td"][0], int(query["page"][0])
            self._send(200, site.results(first, last, page), fault=fault)
        elif path in site.by_path:
            self._send_decision(site.by_path[path], fault)
        elif path == "/":
            self._send(200, bare_page("Welcome", "This is the first page."))
        else:
            self._send(404, bare_page("Not found", "No such page."))

    def _send_decision(self, one: Listed, fault: str) -> None:
        if one.record.ref in self.site.withdrawn:
            self._send(410, bare_page("Gone", "This decision is no longer published."))
            return
        # Pages without the one, the other and both kinds of validator.
        kind = int(one.record.ref[-1]) % 4 if one.record.ref[-1].isdigit() else 0
        etag = f'"{sha256(one.html.encode()).hexdigest()[:16]}"'
        validators = {}
        if kind in (0, 1):
            validators["ETag"] = etag
        if kind in (0, 2):
            validators["Last-Modified"] = LAST_MODIFIED
        if "ETag" in validators and self.headers.get("If-None-Match") == etag:
            self._send(304, "", validators)
        else:
            self._send(200, one.html, validators, fault)

    def _send(
        self, status: int, text: str, headers: dict[str, str] | None = None, fault: str = ""
    ) -> None:
        self.answer = fault or str(status)
        body = text.encode(self.site.encoding, errors="xmlcharrefreplace")
        sent = {"Content-Type": "text/html; charset=utf-8", **(headers or {})}
        if fault == "charset":
            sent["Content-Type"] = "text/html; charset=iso-8859-1"
        if fault == "cut":
            body = re.sub(rb"</article>.*|</main>.*", b"", body, flags=re.DOTALL)
        elif "gzip" in self.headers.get("Accept-Encoding", "") and len(body) % 2:
            body = gzip.compress(body, 1)
            sent["Content-Encoding"] = "gzip"
        sent["Content-Length"] = str(len(body))
        if fault == "truncated":
            body = body[: len(body) // 2]
            self.close_connection = True
        self.send_response(status)
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        if status != 304:
            self.wfile.write(body)
