"""Asking a public site politely: at a fixed rate, within robots.txt, patient when it is busy."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from pipeline.block_pages import block_sign
from pipeline.decoding import MAX_PAGE_BYTES, decode
from pipeline.download_faults import DownloadError, TransientError
from pipeline.search_page import same_site

AGENT = "ombudsman-decisions"
ATTEMPTS = 8
"""Times one address is asked before it counts as failed; with `BACKOFF` some two minutes."""
BACKOFF = 1.0
"""Seconds before the second attempt; doubled for each further one."""
LONGEST_BACKOFF = 120.0
LONGEST_WAIT = 900.0
"""Seconds that a Retry-After header may ask for; beyond it the download stops."""
TIMEOUT = 30.0
"""Seconds without a byte before an attempt is given up; a whole answer may take four times it."""
GONE = frozenset({404, 410})
MOVED = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5
BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site answered: 200, 304, 404 or 410, or a redirect that leads nowhere on it.

    ``raw`` is the body as it was sent, ``body`` the same with its content coding undone.
    """

    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    body: bytes
    redirect: Answer | None = None
    """The first redirect on the way here, or None."""

    def header(self, name: str) -> str:
        """Return a header of the answer, empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def is_page(self) -> bool:
        """Say whether the answer is HTML."""
        return "html" in self.header("content-type").lower()

    def text(self) -> str:
        """Return the page, whatever charset the header says.

        Raises `UnreadableError` where it is no text.
        """
        return decode(self.body, self.url)


class Pace:
    """Lets a request go only when the last is at least `interval` seconds ago.

    The first waits too: a download that was killed and started again keeps the rate.
    """

    def __init__(self, interval: float) -> None:
        self.interval = interval
        self.last = time.monotonic()

    def wait(self) -> None:
        """Return when the next request may go."""
        while (delay := self.last + self.interval - time.monotonic()) > 0:
            time.sleep(delay)
        self.last = time.monotonic()


class SiteClient:
    """A client for one site. Use it as a context manager.

    `rate` is in requests a second and holds for every request: robots.txt, redirects and
    repeated attempts count. `contact` (an e-mail address or a page) goes into the User-Agent.
    """

    def __init__(
        self,
        site: str,
        *,
        rate: float,
        contact: str = "",
        backoff: float = BACKOFF,
        timeout: float = TIMEOUT,
    ) -> None:
        self.site = site
        self.backoff = backoff
        self.timeout = timeout
        self.pace = Pace(1 / rate)
        self.robots: RobotFileParser | None = None
        self.http = httpx.Client(
            headers={"User-Agent": user_agent(contact), "Accept-Encoding": "gzip"},
            timeout=timeout,
        )

    def __enter__(self) -> SiteClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.http.close()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to a request, asked for again while the site is busy.

        Raises `TransientError` where every attempt was answered badly, `DownloadError` where
        the site cannot be reached, forbids the address or turns the client away.
        """
        if self.robots is None:
            self.robots = self._read_robots()
        return self._patiently(url, headers or {})

    def _read_robots(self) -> RobotFileParser:
        address = f"{self.site}/robots.txt"
        try:
            answer = self._patiently(address, {})
        except TransientError as error:
            raise DownloadError(
                f"{address} could not be read, so it is not known what may be fetched: {error} "
                "Run the command again later."
            ) from error
        robots = RobotFileParser(address)
        robots.parse(answer.text().splitlines() if answer.status == httpx.codes.OK else [])
        self.pace.interval = max(self.pace.interval, _crawl_delay(robots))
        return robots

    def _patiently(self, url: str, headers: Mapping[str, str]) -> Answer:
        attempts = Retrying(
            retry=retry_if_exception_type(TransientError),
            stop=stop_after_attempt(ATTEMPTS),
            wait=self._pause,
            reraise=True,
        )
        try:
            answer: Answer = attempts(self._once, url, headers)
            return answer
        except TransientError as error:
            if isinstance(error.__cause__, httpx.ConnectError):
                raise DownloadError(
                    f"{urlsplit(self.site).netloc} cannot be reached ({error.__cause__}). "
                    "Check the connection and run the command again; it goes on from here."
                ) from error
            if error.status == httpx.codes.TOO_MANY_REQUESTS:
                raise DownloadError(
                    f"The site still says that it is asked too often, after {ATTEMPTS} attempts. "
                    "Wait an hour and run the command again with a lower --rate; it goes on from "
                    "here."
                ) from error
            raise

    def _pause(self, state: RetryCallState) -> float:
        """Return the seconds before the next attempt: Retry-After, or twice as long each time.

        Up to as much again is added at random, so that clients do not come back together.
        """
        doubled = min(self.backoff * 2.0 ** (state.attempt_number - 1), LONGEST_BACKOFF)
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TransientError) and error.wait is not None:
            return error.wait + random.uniform(0, self.backoff)
        return doubled + random.uniform(0, doubled)

    def _once(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer at the end of the redirects, or the first of them.

        It is the redirect itself where they leave the site or do not end.
        """
        first: Answer | None = None
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._ask(url, headers)
            if answer.status not in MOVED:
                return replace(answer, redirect=first)
            first = first or answer
            target = _join(url, answer.header("location"))
            if target is None or not same_site(urlsplit(target).netloc, self.site):
                break
            url = target
        assert first is not None
        return first

    def _ask(self, url: str, headers: Mapping[str, str]) -> Answer:
        if self.robots is not None and not self.robots.can_fetch(AGENT, url):
            raise DownloadError(
                f"The site's robots.txt forbids {url}, so nothing more is fetched. Ask the "
                "Ombudsman's office for the decisions, or for leave to download them."
            )
        self.pace.wait()
        try:
            with self.http.stream("GET", url, headers=headers) as response:
                return self._judge(response, self._read(response))
        except httpx.TimeoutException as error:
            raise TransientError(f"{url} did not answer in {self.timeout:g} seconds.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TransientError(f"{url}: the answer broke off ({error}).") from error

    def _read(self, response: httpx.Response) -> bytes:
        end = time.monotonic() + 4 * self.timeout
        raw = bytearray()
        for chunk in response.iter_raw():
            raw += chunk
            if time.monotonic() > end:
                raise TransientError(f"{response.url} answers too slowly.")
            if len(raw) > MAX_PAGE_BYTES:
                raise TransientError(f"{response.url} is larger than any page of the site.")
        return bytes(raw)

    def _judge(self, response: httpx.Response, raw: bytes) -> Answer:
        """Return the answer if it is one to work with."""
        status = response.status_code
        answer = _answer(response, raw)
        _refuse_block_page(answer)
        if status in BUSY:
            wait = retry_after(response)
            raise TransientError(f"{response.url} answered {status}.", status, wait)
        if status in (401, 403, 451):
            raise DownloadError(
                f"The site turned the request for {response.url} away ({status}). It may be "
                "blocking downloads from here: wait a day, run again with a lower --rate and "
                "with --contact, and ask the Ombudsman's office if it goes on."
            )
        if status == httpx.codes.OK:
            _refuse_cut_page(answer)
        if status in (200, 304) or status in GONE | MOVED:
            return answer
        raise TransientError(f"{response.url} answered {status}.")


def user_agent(contact: str = "") -> str:
    """Return the User-Agent: what this is, what it does, and whom to write to.

    Raises `DownloadError` where `contact` cannot stand in a header.
    """
    if not (contact.isascii() and contact.isprintable()) or set(contact) & set("()"):
        raise DownloadError(
            f"The contact {contact!r} cannot be sent: give an e-mail address or a web address."
        )
    try:
        number = version(AGENT)
    except PackageNotFoundError:
        number = "0"
    whom = f"; contact: {contact}" if contact else ""
    return f"{AGENT}/{number} (copies published decisions for research{whom})"


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that a Retry-After header asks for, a number or a date, or None.

    Raises `DownloadError` where they are more than `LONGEST_WAIT`.
    """
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        seconds = float(value)
    else:
        try:
            when = parsedate_to_datetime(value)
        except ValueError:
            return None
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = max(0.0, (when - datetime.now(UTC)).total_seconds())
    if seconds > LONGEST_WAIT:
        raise DownloadError(
            f"The site asks to be left alone for {seconds / 60:,.0f} minutes. Run the command "
            "again after that; it goes on from here."
        )
    return seconds


def without_coding(headers: tuple[tuple[str, str], ...], raw: bytes) -> bytes:
    """Return a body with its content coding (gzip) undone.

    Raises `httpx.DecodingError` where it does not have the coding that the headers name.
    """
    return httpx.Response(httpx.codes.OK, headers=list(headers), content=raw).content


def _crawl_delay(robots: RobotFileParser) -> float:
    return float(robots.crawl_delay(AGENT) or 0)


def _join(url: str, location: str) -> str | None:
    try:
        return urljoin(url, location)
    except ValueError:
        return None


def _answer(response: httpx.Response, raw: bytes) -> Answer:
    headers = tuple(
        (key.decode("ascii"), value.decode("latin-1"))
        for key, value in response.headers.raw
        if key.lower() != b"transfer-encoding"
    )
    try:
        body = without_coding(headers, raw)
    except httpx.DecodingError as error:
        raise TransientError(f"{response.url}: the answer cannot be unpacked.") from error
    return Answer(
        str(response.url),
        response.status_code,
        response.reason_phrase,
        headers,
        raw,
        body,
    )


def _refuse_block_page(answer: Answer) -> None:
    """Raise `DownloadError` for a page that was sent to turn the client away."""
    if not answer.is_page():
        return
    sign = block_sign(answer.body.decode("utf-8", errors="replace"))
    if sign:
        raise DownloadError(
            f"Instead of {answer.url} the site sent {sign}: it is turning downloads from here "
            "away. Open the site in a browser, wait a day, then run again with a lower --rate "
            "and with --contact."
        )


def _refuse_cut_page(answer: Answer) -> None:
    """Raise `TransientError` for a page that broke off, which not every server lets show."""
    if answer.is_page() and b"</html>" not in answer.body[-2000:].lower():
        raise TransientError(f"{answer.url}: the page ends before its last line.")
