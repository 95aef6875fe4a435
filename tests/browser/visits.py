"""Pages of a report as a browser meets them, and what went wrong on them."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, Page

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
