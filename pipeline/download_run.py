"""One run of the download: list each month, fetch what is lacking, notice what has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from tqdm import tqdm

from pipeline.archive import Archive, Place
from pipeline.checkpoint import Checkpoint, Version
from pipeline.decision_page import read_decision_page, same_reading
from pipeline.download_faults import DownloadError, Fault, FaultError, TransientError
from pipeline.search_page import (
    Entry,
    NoCountError,
    SearchPage,
    Window,
    permalink,
    read_search_page,
    same_category,
    search_address,
)
from pipeline.site_client import GONE, MOVED, Answer, SiteClient

MOST_FAULTS_IN_A_ROW = 5
MOST_UNLABELLED_IN_A_ROW = 20
"""Some pages lack their header, about one in thirteen; so many in a row are another matter."""
LISTING_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: months, the newest first; names of categories, all if none; how many."""

    windows: tuple[Window, ...]
    categories: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(slots=True)
class Counts:
    """Decisions of one run by what happened to them."""

    new: int = 0
    unchanged: int = 0
    amended: int = 0
    withdrawn: int = 0


def note_page(
    checkpoint: Checkpoint, answer: Answer, ref: str, fetched_at: str, place: Place
) -> None:
    """Tell the checkpoint of a record in the archive."""
    checkpoint.add_version(
        Version(
            ref,
            answer.status,
            sha256(answer.body).hexdigest(),
            answer.url,
            fetched_at,
            answer.header("etag"),
            answer.header("last-modified"),
            place,
        )
    )


@dataclass(slots=True)
class Run:
    """One run. ``faults`` and ``counts`` say afterwards what happened."""

    site: SiteClient
    archive: Archive
    checkpoint: Checkpoint
    wanted: Wanted
    now: Callable[[], str]
    faults: list[Fault] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    faults_in_a_row: int = 0
    unlabelled_in_a_row: int = 0
    refreshing_since: str = ""

    def all_months(self, *, refresh: bool, progress: bool) -> None:
        """List every month and fetch its decisions.

        Raises `DownloadError` where it makes no sense to go on.
        """
        if refresh:
            self.refreshing_since = self.checkpoint.begin_refresh(self.now())
        room = self.wanted.limit
        whole = True
        with tqdm(disable=not progress, unit=" decisions") as bar:
            for window in self.wanted.windows:
                if room == 0:
                    break
                bar.set_description(window.month)
                whole = self.list_month(window, room) and whole
                entries = self._of_interest(window)[:room]
                self.checkpoint.ask(window, [entry.ref for entry in entries])
                room = None if room is None else room - len(entries)
                bar.total = (bar.total or 0) + len(entries)
                for entry in entries:
                    if self._is_due(entry.ref):
                        self._fetch_or_note(entry)
                    bar.update()
        if whole:
            self._look_for_unlisted()
        if refresh:
            self.checkpoint.end_refresh()

    # ---- listing ----

    def list_month(self, window: Window, room: int | None) -> bool:
        """Bring the list of a month's decisions up to date; return whether it is whole.

        Pages are read until `room` decisions of interest are known.
        """
        known = self.checkpoint.listing(window)
        first: SearchPage | None = None
        if known and known.complete and known.listed_at >= self.refreshing_since:
            first = self._search(window, 1)
            if first.announced == known.announced:
                return True
        elif known and not known.complete and self._list_rest(window, room):
            return self._is_complete(window)
        for _ in range(LISTING_ATTEMPTS):
            first = first or self._search(window, 1)
            self.checkpoint.begin_listing(window, first.announced, self.now())
            self.checkpoint.add_page(window, 1, first.entries)
            if self._list_rest(window, room):
                return self._is_complete(window)
            first = None
        self._note_count(window)
        return False

    def _list_rest(self, window: Window, room: int | None) -> bool:
        """Read the pages that are not yet listed; return False where they do not add up."""
        known = self.checkpoint.listing(window)
        assert known is not None
        page = self.checkpoint.pages_listed(window)
        entries = self.checkpoint.entries(window)
        while len(entries) < known.announced:
            if room is not None and len(self._of_interest(window)) >= room:
                self.checkpoint.end_listing(window, complete=False, cut=True)
                return True
            page += 1
            found = self._search(window, page)
            if found.announced != known.announced or not found.entries:
                return False
            self.checkpoint.add_page(window, page, found.entries)
            entries = self.checkpoint.entries(window)
        # A decision that is listed twice by the same address slipped from one page to the
        # next while others were published, and pushed another out of sight.
        adds_up = len({entry.printed for entry in entries}) == len(entries) == known.announced
        self.checkpoint.end_listing(window, complete=adds_up, cut=False)
        return adds_up

    def _is_complete(self, window: Window) -> bool:
        known = self.checkpoint.listing(window)
        return known is not None and known.complete

    def _search(self, window: Window, number: int) -> SearchPage:
        """Return a page of results.

        Raises `DownloadError` where it is not built as such pages are.
        """
        address = search_address(self.site.site, window, number)
        try:
            answer = self.site.get(address)
        except TransientError as error:
            raise DownloadError(
                f"The list of {window} could not be had: {error} Run the command again later; it "
                "goes on from here."
            ) from error
        try:
            page = read_search_page(answer.text(), self.site.site)
        except (NoCountError, ValueError) as error:
            raise DownloadError(
                f'{address} has no line "Your search has N results": the site has changed the '
                "shape of its pages, or sent another one. Look at the address in a browser; the "
                "download needs to be adapted before it can go on."
            ) from error
        if page.announced and number == 1 and not page.entries:
            raise DownloadError(
                f"{address} announces {page.announced} decisions but links to none: the site has "
                "changed the shape of its pages, and the download needs to be adapted."
            )
        return page

    def _note_count(self, window: Window) -> None:
        known = self.checkpoint.listing(window)
        assert known is not None
        entries = self.checkpoint.entries(window)
        listed = len({entry.printed for entry in entries})
        sentence = f"{window}: {known.announced} announced, {listed} listed."
        address = search_address(self.site.site, window, 1)
        self.faults.append(Fault("count", str(window), address, sentence))

    def _of_interest(self, window: Window) -> list[Entry]:
        """Return the entries of the categories asked for, each decision once."""
        names = self.wanted.categories
        entries: dict[str, Entry] = {}
        for entry in self.checkpoint.entries(window):
            if not names or any(same_category(name, entry.category) for name in names):
                entries.setdefault(entry.ref, entry)
        return list(entries.values())

    # ---- fetching ----

    def _is_due(self, ref: str) -> bool:
        versions = self.checkpoint.versions(ref)
        if not versions or versions[-1].status != 200:
            return True
        return self.checkpoint.checked_at(ref) < self.refreshing_since

    def _look_for_unlisted(self) -> None:
        """Ask for the stored decisions that their month no longer lists."""
        for ref, address in self.checkpoint.unlisted():
            if self.checkpoint.versions(ref)[-1].status == 200:
                self._fetch_or_note(Entry(ref, "", address, address))
            else:
                self.checkpoint.forget_unlisted(ref)

    def _fetch_or_note(self, entry: Entry) -> None:
        """Fetch a decision; note a fault and go on, unless there are too many in a row."""
        try:
            self._fetch(entry)
        except FaultError as error:
            self.faults.append(error.fault)
            self.faults_in_a_row += 1
            if self.faults_in_a_row >= MOST_FAULTS_IN_A_ROW:
                raise DownloadError(
                    f"{self.faults_in_a_row} decisions in a row could not be fetched, so the "
                    f"download stopped. The last: {error.fault.sentence}"
                ) from error
        else:
            self.faults_in_a_row = 0

    def _fetch(self, entry: Entry) -> None:
        versions = self.checkpoint.versions(entry.ref)
        latest = versions[-1] if versions and versions[-1].status == 200 else None
        try:
            answer = self.site.get(entry.address, _conditions(latest))
        except TransientError as error:
            raise FaultError(Fault("refused", entry.ref, entry.address, str(error))) from error
        if answer.status == 304 and latest is not None:
            self._note_unchanged(entry.ref)
        elif _leads_away(answer, entry, self.site.site):
            self._fetch_gone(entry, latest, answer)
        else:
            self._fetch_page(entry, latest, answer)

    def _fetch_gone(self, entry: Entry, latest: Version | None, answer: Answer) -> None:
        if latest is None:
            sentence = f"{entry.ref}: {entry.address} leads nowhere ({answer.status})."
            raise FaultError(Fault("gone", entry.ref, entry.address, sentence))
        gone = answer if answer.status != 200 else answer.redirect
        assert gone is not None
        self._store(entry.ref, gone)
        self.counts.withdrawn += 1

    def _fetch_page(self, entry: Entry, latest: Version | None, answer: Answer) -> None:
        decision = read_decision_page(answer, entry.ref)
        if latest is None:
            self._store(entry.ref, answer)
            self.counts.new += 1
        elif latest.sha256 == sha256(answer.body).hexdigest():
            self._note_unchanged(entry.ref)
        else:
            before = read_decision_page(self.archive.read(latest.place).answer, entry.ref)
            if same_reading(before, decision):
                self._note_unchanged(entry.ref)
            else:
                self._store(entry.ref, answer)
                self.counts.amended += 1
        self._watch_labels(decision.outcome is not None, answer.url)

    def _note_unchanged(self, ref: str) -> None:
        self.checkpoint.check(ref, self.now())
        self.counts.unchanged += 1

    def _store(self, ref: str, answer: Answer) -> None:
        now = self.now()
        place = self.archive.add(answer, ref, now)
        note_page(self.checkpoint, answer, ref, now, place)

    def _watch_labels(self, labelled: bool, url: str) -> None:
        self.unlabelled_in_a_row = 0 if labelled else self.unlabelled_in_a_row + 1
        if self.unlabelled_in_a_row >= MOST_UNLABELLED_IN_A_ROW:
            raise DownloadError(
                f"{self.unlabelled_in_a_row} decisions in a row print no outcome, so the download "
                f"stopped; the last is {url}. The site may have changed the shape of its pages."
            )


def _conditions(latest: Version | None) -> dict[str, str]:
    """Return the headers by which the site sends a page only if it has changed."""
    if latest is None:
        return {}
    conditions = {"If-None-Match": latest.etag, "If-Modified-Since": latest.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _leads_away(answer: Answer, entry: Entry, site: str) -> bool:
    """Say whether the address of a decision no longer leads to that decision."""
    if answer.status in GONE or answer.status in MOVED:
        return True
    reached = permalink(answer.url, site)
    return answer.redirect is not None and (reached is None or reached.ref != entry.ref)
