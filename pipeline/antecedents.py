"""Say which instrument a name in the text means: a title, an abbreviation, "the Act".

A pointer ("the Act", "the 2014 Act", "the same Regulations") means what was defined or named
before it; where two instruments could be meant, it means none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from pipeline.citations import Mention
from pipeline.decision import Resolution
from pipeline.titles import TitleIndex

POINTER_REACH = 1500
"""Characters within which "the Act" looks for its antecedent before it asks for the only one."""
RIVAL_REACH = 250
"""Characters before the last instrument named within which another one makes it doubtful."""

_NAMED = r"[A-Z][A-Za-z0-9&]*(?:[^\S\n](?:(?:on|of|and)[^\S\n])?[A-Z0-9][A-Za-z0-9&]*){0,5}"
_NAME = re.compile(_NAMED)
_NAME_BEFORE = re.compile(rf"(?<![\w'’]){_NAMED}$")
_LONGEST_NAME = 60
# The sign comes first and what stands before it second: so the search need only try at signs.
_OPENING = re.compile(r"[“‘\"'](?:(?<=[“‘])|(?<![\w.,;!?)].)(?=\w))")
_CLOSING = re.compile(r"[”\"'’](?:(?<=”)|(?<=[\w.,;!?)].)(?![A-Za-z]))")


class Link(NamedTuple):
    """The instrument that is meant, and how that is known."""

    path: str
    how: Resolution


class Antecedents:
    """What every name in one text means. Offsets are characters of that text."""

    def __init__(self, text: str, mentions: list[Mention], index: TitleIndex) -> None:
        self.text = text
        self.index = index
        self.links: list[Link | None] = []
        """For each mention what it means, or None."""
        self._starts = [mention.start for mention in mentions]
        self.beginning_at = {start: number for number, start in enumerate(self._starts)}
        self._definitions: dict[str, dict[str, int]] = {}
        """By name: the paths it was given to, and where first."""
        self._named: dict[str, list[tuple[Mention, str]]] = {}
        """By noun: the instruments named so far, in order of print."""
        self._paths: dict[str, dict[str, bool]] = {}
        """By noun: the same without repeats, and whether each was named outside a quotation."""
        self._quoted: dict[int, bool] = {}
        for mention in mentions:
            link = self._settle(mention)
            self.links.append(link)
            if link is not None:
                self._keep(mention, link)

    def _keep(self, mention: Mention, link: Link) -> None:
        if link.how == "named":
            self._named.setdefault(mention.noun, []).append((mention, link.path))
            outside = self._paths.setdefault(mention.noun, {})
            if not outside.get(link.path):
                outside[link.path] = not self._is_quoted(mention.start)
        # A letter that is quoted may call another Act "the Act"; that binds the letter only.
        if mention.defines and not is_quoted(self.text, mention.end):
            self._definitions.setdefault(mention.defines, {}).setdefault(link.path, mention.end)

    def _settle(self, mention: Mention) -> Link | None:
        if mention.kind == "unknown":
            path = self.defined(self.text[mention.start : mention.end], mention.start)
            return Link(path, "back_reference") if path else None
        if mention.kind in ("title", "short"):
            return self._titled(mention)
        path = self._pointed(mention)
        if path:
            return Link(path, "back_reference")
        path = self.index.pointers.get(f"{mention.year} {mention.noun}", "")
        return Link(path, "by_custom") if path else None

    def _titled(self, mention: Mention) -> Link | None:
        paths = mention.paths
        if len(paths) > 1:
            paths = tuple(path for path in paths if path in self._paths.get(mention.noun, ()))
        return Link(paths[0], "named") if len(paths) == 1 else None

    def _pointed(self, mention: Mention) -> str:
        """Return the path of the only instrument that a pointer can mean, or nothing."""
        name = f"{mention.year} {mention.noun}" if mention.year else mention.noun
        if not mention.nearest and (path := self.defined(name, mention.start)):
            return path
        quoted = is_quoted(self.text, mention.start)
        outside = self._paths.get(mention.noun, {})
        everywhere = {path for path in outside if quoted or outside[path]}
        if mention.year:
            everywhere = {path for path in everywhere if f"/{mention.year}/" in path}
        near = set() if mention.year or quoted else self._near(mention)
        candidates = near or everywhere
        return candidates.pop() if len(candidates) == 1 else ""

    def _near(self, pointer: Mention) -> set[str]:
        """Return what was named last before a pointer, with its rivals."""
        near: set[str] = set()
        last: Mention | None = None
        for mention, path in reversed(self._named.get(pointer.noun, [])):
            if mention.start < pointer.start - POINTER_REACH:
                break
            if self._is_quoted(mention.start):
                continue
            if last is None:
                last = mention
            elif not self._is_rival(pointer, mention, last):
                break
            near.add(path)
        return near

    def _is_rival(self, pointer: Mention, mention: Mention, last: Mention) -> bool:
        """Tell whether a pointer could mean an instrument as well as the one named after it."""
        if pointer.nearest:
            return self.same_sentence(mention.end, last.start)
        return mention.end >= last.start - RIVAL_REACH

    def _is_quoted(self, at: int) -> bool:
        if at not in self._quoted:
            self._quoted[at] = is_quoted(self.text, at)
        return self._quoted[at]

    def same_sentence(self, start: int, end: int) -> bool:
        """Tell whether no sentence ends between two offsets."""
        return not ends_sentence(self.text, start, end)

    def defined(self, name: str, before: int) -> str:
        """Return the path that a definition before the offset gave the name, or nothing."""
        given = self._definitions.get(name, {})
        paths = [path for path, at in given.items() if at <= before]
        return paths[0] if len(paths) == 1 else ""

    def abbreviation_at(self, at: int) -> tuple[int, Link] | None:
        """Return end and meaning of an abbreviation that begins at the offset: "MHA 1983"."""
        match = _NAME.match(self.text, at)
        if match is None:
            return None
        name = match.group()
        while name:
            link = self._abbreviation(name, at)
            if link:
                return at + len(name), link
            name = name.rpartition(" ")[0].rstrip()
        return None

    def abbreviation_before(self, at: int) -> tuple[int, Link] | None:
        """Return start and meaning of an abbreviation that ends at the offset."""
        start = max(0, at - _LONGEST_NAME)
        last_word = self.text[start:at].split()[-1:]
        if last_word and last_word[0].isalpha() and last_word[0].islower():
            return None
        match = _NAME_BEFORE.search(self.text, start, at)
        if match is None:
            return None
        name = match.group()
        while name:
            link = self._abbreviation(name, at)
            if link:
                return at - len(name), link
            name = name.partition(" ")[2].lstrip()
        return None

    def _abbreviation(self, name: str, at: int) -> Link | None:
        path = self.defined(name, at)
        if path:
            known = self.index.abbreviations.get(name) == path
            return Link(path, "named" if known else "back_reference")
        path = self.index.abbreviations.get(name, "")
        return Link(path, "named") if path else None

    def before(self, at: int) -> int:
        """Return the index of the last mention that begins before the offset, or -1."""
        return bisect_right(self._starts, at - 1) - 1


# A bracket that holds a citation stands after the full stop: "... to review it. (Section 27) It
# also ...", so a capital after a closing bracket begins a sentence too.
_SENTENCE_END = re.compile(
    r"[.!?)\n](?:(?<=[.!?])[\"'’”)\]]*\s+(?=[\"'‘“(\[]*[A-Z0-9•])"
    r"|(?<=\))\s+(?=[A-Z](?!ct\b|egulations\b|rder\b|ules\b))"
    r"|(?<=\n)(?:\s*\n|(?=\s*[A-Z0-9•*(–-])))"
)
_ABBREVIATED = re.compile(
    r"\b(?:ss?|paras?|regs?|sch|arts?|no|v|pt|mr|mrs|ms|dr|etc|e\.g|i\.e)$", re.IGNORECASE
)


_LONGEST_ABBREVIATION = 8


def ends_sentence(text: str, start: int, end: int) -> bool:
    """Tell whether a sentence or a list item ends between two offsets."""
    for match in _SENTENCE_END.finditer(text, start, end + 1):
        if text[match.start()] != "." or not _ABBREVIATED.search(
            text, max(0, match.start() - _LONGEST_ABBREVIATION), match.start()
        ):
            return True
    return False


def is_quoted(text: str, at: int) -> bool:
    """Tell whether the offset stands inside quotation marks that were opened in its paragraph."""
    start = max(text.rfind("\n", 0, at), at - 1000) + 1
    opened = closed = -1
    for match in _OPENING.finditer(text, start, at):
        opened = match.start()
    if opened < 0:
        return False
    for match in _CLOSING.finditer(text, opened + 1, at):
        closed = match.start()
    return closed < opened
