"""A saved page (HTML) to the text that a reader would copy from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.decoding import UnreadableError, normalise, shown

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_DEPTH: Final = 1_000
"""Deepest nesting that is parsed: a page has some 30, and the parser's time grows with the
square of it."""

LOOKS_LIKE_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*"
    r"<(?:!doctype html|html|head|body|article|main|div|section|h[1-6]|p|ul|ol|table|span)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^>]*)>?")
# fmt: off
NO_CONTENT: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
    "source", "track", "wbr"
})
# The end tag of these may be left out, so they do not nest.
SELF_CLOSING: Final = frozenset({
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"
})
DROPPED: Final = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "head", "iframe", "object",
    "canvas", "audio", "video", "button", "select", "textarea", "input", "nav", "footer"
})
BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "ol", "p", "pre",
    "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"
})
# fmt: on
BANNER_ID = re.compile(r"(?:^|[\s_-])(?:cookie|ccc|breadcrumb)", re.IGNORECASE)
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
SPACES = re.compile(r"[ \t\n\r\f]+")


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a page, the title of its window and its own address."""

    text: str
    title: str = ""
    url: str = ""


def looks_like_html(text: str) -> bool:
    """Say whether a text begins as HTML does."""
    return LOOKS_LIKE_HTML.match(text[:4096]) is not None


def read_page(html: str, name: str) -> Page:
    """Return what a reader would copy from a page.

    The decision is the element ``article`` with the id ``article``; where there is none,
    the first article, ``main`` or the whole body. Each paragraph, heading and list item
    gives one line, with its number or bullet, blank lines between paragraphs; a field's
    label and value stand on one line. What a browser does not show is left out.

    Raises:
        UnreadableError: ``malformed``, where tags are nested deeper than `MAX_DEPTH`.
    """
    from selectolax.lexbor import LexborHTMLParser

    _refuse_deep_nesting(html, name)
    tree = LexborHTMLParser(html)
    root = _decision_element(tree)
    title_node = tree.css_first("title")
    title = SPACES.sub(" ", title_node.text()).strip() if title_node else ""
    if root is None:
        return Page("", title)
    text = _Copy().of(root)
    if root.tag != "body" and not root.css_first("h1"):
        # Some copies keep the title above the article.
        heading = tree.css_first("h1")
        title = SPACES.sub(" ", heading.text()).strip() if heading else title
    return Page(normalise(text), title, _address(tree))


def _refuse_deep_nesting(html: str, name: str) -> None:
    if html.count("<") < MAX_DEPTH:
        return
    depth = 0
    for end, tag, rest in TAG.findall(html):
        tag = tag.lower()
        if tag in NO_CONTENT or tag in SELF_CLOSING or rest.endswith("/"):
            continue
        depth = max(0, depth - 1) if end else depth + 1
        if depth > MAX_DEPTH:
            raise UnreadableError(
                "malformed",
                f"{shown(name)} is no page of a decision: its tags are nested more than "
                f"{MAX_DEPTH:,} deep. Save the page again from the browser.",
            )


def _decision_element(tree: object) -> LexborNode | None:
    for selector in ("article#article", "#article", "article", "main", "[role=main]", "body"):
        found = tree.css(selector)  # type: ignore[attr-defined]
        if len(found) == 1 or (found and selector in ("article#article", "#article", "body")):
            return found[0]  # type: ignore[no-any-return]
    return None


def _address(tree: object) -> str:
    for selector, attribute in (
        ("link[rel=canonical]", "href"),
        ("meta[property='og:url']", "content"),
    ):
        node = tree.css_first(selector)  # type: ignore[attr-defined]
        if node is not None and node.attributes.get(attribute):
            return str(node.attributes[attribute]).strip()
    return ""


class _Copy:
    """Walks an element without recursion and collects lines as a browser copies them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.words: list[str] = []
        self.mark = ""
        self.lists: list[int] = []
        """The next number of each list that is open, 0 for one with bullets."""
        self.verbatim = 0

    def of(self, root: LexborNode) -> str:
        """Return the text of ``root``."""
        stack: list[tuple[LexborNode, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self._leave(node)
            elif node.tag == "-text":
                self._add(node.text_content or "")
            elif node is root or not _is_dropped(node):
                self._enter(node)
                stack.append((node, True))
                children = list(node.iter(include_text=True))
                stack.extend((child, False) for child in reversed(children))
        self._end_line()
        return "\n".join(self.lines).strip("\n") + "\n"

    def _add(self, words: str) -> None:
        if not self.verbatim:
            self.words.append(words)
            return
        first, *others = words.split("\n")
        self.words.append(first)
        for line in others:
            self._end_line()
            self.words.append(line)

    def _enter(self, node: LexborNode) -> None:
        tag = node.tag
        if tag == "br":
            self._end_line()
        elif tag in ("td", "th"):
            self.words.append(" ")
        elif tag in BLOCKS and not _has_class(node, "value"):
            self._end_line()
            if tag not in ("li", "tr", "dd"):
                self._blank()
        if tag in ("ol", "ul"):
            start = str(node.attributes.get("start") or "1") if tag == "ol" else "0"
            self.lists.append(int(start) if start.isdecimal() and len(start) < 6 else 1)
        elif tag == "li":
            self.mark = self._next_mark()
        elif tag == "pre":
            self.verbatim += 1

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag
        if tag in ("ol", "ul"):
            self.lists.pop()
        elif tag == "pre":
            self.verbatim -= 1
        elif tag == "li":
            self._end_line()
            self.mark = ""
        if _has_class(node, "value"):
            self._end_line()
        elif tag in BLOCKS and not _has_class(node, "label"):
            self._end_line()
            if tag not in ("li", "tr", "dt"):
                self._blank()

    def _next_mark(self) -> str:
        """Return the number or bullet of the next item, indented as browsers copy it."""
        indent = "  " * max(1, len(self.lists))
        if not self.lists or self.lists[-1] == 0:
            return f"{indent}\u2022 "
        self.lists[-1] += 1
        return f"{indent}{self.lists[-1] - 1}. "

    def _end_line(self) -> None:
        if not self.words:
            return
        line = SPACES.sub(" ", "".join(self.words)).strip(" ")
        self.words.clear()
        if line:
            self.lines.append(self.mark + line)
            self.mark = ""

    def _blank(self) -> None:
        if self.lines and self.lines[-1] and not self.lists:
            self.lines.append("")


def _has_class(node: LexborNode, name: str) -> bool:
    return name in (node.attributes.get("class") or "").lower().split()


def _is_dropped(node: LexborNode) -> bool:
    """Say whether a browser shows nothing of this element, or nothing of the decision."""
    if node.tag in DROPPED or str(node.tag).startswith(("-", "!")):
        return True
    attributes = node.attributes
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if HIDDEN_STYLE.search(attributes.get("style") or ""):
        return True
    names = f"{attributes.get('id') or ''} {attributes.get('class') or ''}"
    return BANNER_ID.search(names) is not None and node.css_first("h1, article") is None
