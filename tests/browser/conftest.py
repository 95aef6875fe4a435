"""Chromium from Debian, driven by Playwright. Set CHROMIUM where it lies elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1360, "height": 900}
NARROW = {"width": 390, "height": 844}


class Visits:
    """Opens pages in one browser and keeps what went wrong on them."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.complaints: list[str] = []
        self.requests: list[str] = []
        context.on("console", lambda message: self._console(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("dialog", self._dialog)
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("requestfailed", lambda request: self.complaints.append(request.url))

    def _console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _dialog(self, dialog: object) -> None:
        self.complaints.append("a dialog opened")
        dialog.dismiss()  # type: ignore[attr-defined]

    def open(self, path: Path, fragment: str = "", *, narrow: bool = False) -> Page:
        """Open a page of a report from disk and wait until it is drawn."""
        for page in self.context.pages[1:]:
            page.close()
        page = self.context.new_page()
        page.set_viewport_size(NARROW if narrow else WIDE)
        page.emulate_media(color_scheme="light")
        page.goto(path.resolve().as_uri() + fragment)
        if path.name == "table.html":
            page.locator("#decisions tbody tr[data-place], #nothing:not([hidden])").first.wait_for()
        return page


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    if not CHROMIUM.exists():
        reason = f"There is no Chromium at {CHROMIUM}: apt-get install chromium, or set CHROMIUM."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("chromium"),
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            headless=True,
            chromium_sandbox=False,
            accept_downloads=True,
        )
        context.set_default_timeout(10_000)
        yield context
        context.close()


@pytest.fixture(scope="session")
def shared_visits(browser: BrowserContext) -> Visits:
    return Visits(browser)


@pytest.fixture
def visits(shared_visits: Visits) -> Iterator[Visits]:
    """Pages whose errors, warnings, dialogs and requests beyond the disk fail the test."""
    shared_visits.complaints.clear()
    shared_visits.requests.clear()
    yield shared_visits
    assert shared_visits.complaints == []
    beyond = [
        url for url in shared_visits.requests if not url.startswith(("file:", "data:", "blob:"))
    ]
    assert beyond == []
