"""Chromium from Debian, driven by Playwright. Set CHROMIUM where it lies elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect, sync_playwright
from visits import Visits

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
        # Generous, so that a busy machine fails no test.
        context.set_default_timeout(30_000)
        expect.set_options(timeout=30_000)
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
