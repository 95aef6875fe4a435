"""The grammar of a pinpoint: what stands after "section", "paragraph", "Schedule", ...

A small recursive-descent parser over the raw text, one method a rule::

    group      = section-word list | schedule | paragraphs | part
    list       = item (separator (item | bracket))*
    item       = number bracket*              24A(6)   34(B)   26(6)(a)   34H(3 and 4)
    separator  = "," | "and" | "or" | "&" | "/" | "to" | "-"      with "as amended" before it
    schedule   = "Schedule" list [paragraphs-of | "Part" numeral | "Article" list]
    paragraphs = "paragraph" list ["of"] "Schedule" list
    part       = ["Class" letters] "Part" numerals [["of"] "Schedule" number]

It knows shapes only. Which Act a pinpoint belongs to is the business of
`pipeline.resolution`.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from pipeline.numbering import PART_NUMBER, Item, between, depth_of, fold_level, numeral
from pipeline.spaced import SPACE, spaced
from pipeline.usual_items import END_OF_LIST, usual_item, usual_item_alone

_AS_AMENDED = rf"(?:{SPACE},?{SPACE}\(?as{SPACE}amended\)?)?"
_KEYWORD = spaced(
    r"(?:(?P<section>[Ss]ect?i?oi?ns?|SECTIONS?|[Ss]ecs?\.?|[Ss]{1,2}\.?)"
    r"|(?P<regulation>[Rr]egulations?|REGULATIONS?|[Rr]egs?\.?)"
    r"|(?P<schedule>[Ss]chedules?|SCHEDULES?|[Ss]chs?\.?)"
    r"|(?P<paragraph>[Pp]aragraphs?|PARAGRAPHS?|[Pp]aras?\.?)"
    r"|(?P<article>[Aa]rticles?|ARTICLES?|[Aa]rts?\.?)"
    r"|(?P<rule>[Rr]ules?|rr?\.?)"
    r"|(?P<part>Parts?|PARTS?|[Pp]t\.?)"
    r"|(?P<klass>[Cc]lass(?:es)?))(?![A-Za-z])~"
)
_NUMBER = re.compile(
    r"(?P<digits>\d{1,4})"
    r"(?:(?P<letters>[A-Z]{1,3}(?![A-Za-z])|[a-rt-z](?![A-Za-z]))"
    r"|[^\S\n](?P<spaced>[A-HJ-Z])(?=[^\S\n]?\(|[,;)]|[^\S\n](?:and|or|&)\b))?"
    r"(?![.,]\d)"
)
_RULE_NUMBER = re.compile(
    r"(?P<digits>\d{1,3}(?:\.\d{1,3})?)(?P<letters>[A-Z]{0,2})(?![A-Za-z0-9])"
)
_SCHEDULE_NUMBER = re.compile(
    r"(?P<digits>[A-Z]{0,2}\d{1,3})(?P<letters>[A-Z]{0,3})(?![A-Za-z0-9])"
)
_NUMBER_OF = {"rule": _RULE_NUMBER, "schedule": _SCHEDULE_NUMBER, "part": PART_NUMBER}
_LETTER_IN_BRACKETS = re.compile(r"\(([A-Z]{1,2})\)")
_VALUE = r"(?:\d{1,3}[A-Z]{0,2}|[ivx]{1,5}|[a-z]{1,2}|[A-Z])"
_BRACKET = re.compile(rf"[^\S\n]?\([^\S\n]?({_VALUE})[^\S\n]?\)")
_BRACKET_LIST = re.compile(
    rf"[^\S\n]?\(({_VALUE}(?:[^\S\n]*(?:,|and|or|&|to|-|–)[^\S\n]*{_VALUE})+)\)"
)
_LISTED_VALUE = re.compile(rf"({_VALUE})(?:$|[^\S\n]*(?:,|and|or|&|to|-|–)[^\S\n]*)")
_OPEN_BRACKET = re.compile(rf"\(({_VALUE})(?=[,;.(]|[^\S\n]*(?:$|\n|and\b|or\b|of\b|as\b))")
# "24A6", "34(B)6", "34(B)6)" right after the number; "26(6)a" one level down
_LOST_BRACKET = (
    re.compile(r"(?<=[)A-Z])(\d{1,2}[A-Z]?)(?![A-Za-z0-9])\)?"),
    re.compile(r"(?<=[0-9A-Z]\))([a-z])(?![A-Za-z0-9])\)?"),
)
# Between two numbers may stand a footnote mark and what the first is about: "(b)2 (security),"
_ASIDE = r"(?:(?<=\))\d{1,2}(?=[,.\s]))?(?:~\([a-z][^()\d]{3,80}\))?"
_SEPARATOR = spaced(
    _AS_AMENDED
    + _ASIDE
    + r"~(?:(?P<range>to\b|through\b|[-–—])|,~(?:and/or|and|or|&)?(?![A-Za-z])|and/or\b|and\b|or\b"
    r"|&|/)~"
)
# What may follow a bare number that continues a list begun with a word in the singular:
# "section 30 and 34 of", but not "section 30 and 12 officers".
_NO_NOUN = spaced(
    r"(?=~(?:$|[,;:.)(/\]]|(?:of|and|or|to|in|as|under|both)\b|[A-Z][a-z]+~(?:Act|and|\()))"
)
_MONTH_OR_UNIT = spaced(
    r"~(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:working~)?days?|weeks?|months?|years?|hours?|per~cent|%)(?![A-Za-z])"
)
_OF = spaced(r"~(?:,~)?(?:(?:of|to|in|under)~)?(?:the~)?")
_INTO = spaced(_AS_AMENDED + r"~,?~(?:of~)?\(?")
_AND = spaced(_AS_AMENDED + r"~(?:,|,?~(?:and|or|&))~")
_CLASS_LETTERS = re.compile(r"[A-Z]{1,3}(?![A-Za-z0-9])")
_CLASS = spaced(r"~,?~\(?[Cc]lass(?:es)?~[A-Z]{1,3}(?![A-Za-z0-9])")


_DEEPEST = 7
_AFTER_A_NUMBER = "),.:;"


class Pinpoint(NamedTuple):
    """One provision as printed, without its Act. Offsets are characters, end exclusive."""

    start: int
    end: int
    path: str
    """Path below the instrument: ``section/24A/6``, ``schedule/5/paragraph/5A``."""


class Group(NamedTuple):
    """The pinpoints that one keyword introduces, in order of print."""

    kind: str
    """``section``, ``regulation``, ``article``, ``rule``, ``schedule``, ``part``, or
    ``paragraph`` where no schedule is named."""
    start: int
    end: int
    pinpoints: tuple[Pinpoint, ...]


def parse_group(text: str, at: int) -> Group | None:
    """Parse the group whose keyword begins at character ``at``; None where there is none."""
    return _Parser(text, at).group()


class _Parser:
    __slots__ = ("at", "text")

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return match

    def sees(self, characters: str) -> bool:
        """Tell whether the next character is one of some, or the text ends."""
        return self.text[self.at : self.at + 1] in characters

    def keyword(self, *kinds: str) -> re.Match[str] | None:
        match = _KEYWORD.match(self.text, self.at)
        if match is None or (kinds and match.lastgroup not in kinds):
            return None
        self.at = match.end()
        return match

    def group(self) -> Group | None:
        start = self.at
        keyword = self.keyword()
        if keyword is None:
            return None
        kind = str(keyword.lastgroup)
        alone = usual_item_alone(self.text, self.at, kind)
        if alone is not None:
            pinpoint = Pinpoint(start, alone.end, f"{kind}/{'/'.join(alone.levels)}")
            return Group(kind, start, alone.end, (pinpoint,))
        plural = keyword.group().rstrip(". \n\xa0").lower().endswith("s") and len(keyword[kind]) > 1
        if kind == "schedule":
            return self.schedule(start, plural)
        if kind == "paragraph":
            return self.paragraphs(start, plural)
        if kind == "klass":
            return self.class_of_part(start)
        if kind == "part":
            return self.part(start)
        items = self.items(kind, plural)
        if not items:
            return None
        if kind == "article":
            schedule = self.after_of("schedule")
            if schedule:
                return self.nested("schedule", start, schedule, "article", items)
        return Group(kind, start, items[-1].end, _pinpoints(f"{kind}/", start, items))

    def after_of(self, kind: str) -> list[Item]:
        """Return the list of the keyword ``kind`` that follows, as in "of Schedule 5"."""
        before = self.at
        self.take(_OF)
        if self.keyword(kind):
            items = self.items(kind, plural=True)
            if items:
                return items
        self.at = before
        return []

    def schedule(self, start: int, plural: bool) -> Group | None:
        schedules = self.items("schedule", plural)
        if not schedules:
            return None
        before = self.at
        self.take(_INTO)
        keyword = self.keyword("part", "paragraph", "article")
        part = ""
        if keyword and keyword.lastgroup == "part":
            numbers = self.items("part", plural=False)
            if numbers:
                part = f"/part/{numbers[0].levels[0]}"
                self.take(_CLASS)
                before = self.at
                self.take(_INTO)
                keyword = self.keyword("paragraph")
        if keyword and keyword.lastgroup != "part":
            kind = str(keyword.lastgroup)
            inner = self.items(kind, plural=True)
            while inner and (more := self.repeated(kind)):
                inner += more
            if inner:
                return self.nested("schedule", start, schedules, kind, inner)
        self.at = before
        pinpoints = _pinpoints("schedule/", start, schedules)
        if part and len(pinpoints) == 1:
            pinpoints = (Pinpoint(start, self.at, pinpoints[0].path + part),)
        return Group("schedule", start, pinpoints[-1].end, pinpoints)

    def repeated(self, kind: str) -> list[Item]:
        """Return the list after a repeated keyword: "paragraph 5A and paragraph 5B"."""
        before = self.at
        if self.take(_AND) and self.keyword(kind):
            items = self.items(kind, plural=True)
            if items and not self.after_of("schedule"):
                return items
        self.at = before
        return []

    def paragraphs(self, start: int, plural: bool) -> Group | None:
        items = self.items("paragraph", plural)
        if not items:
            return None
        while more := self.repeated("paragraph"):
            items += more
        before = self.at
        self.take(_OF)
        if self.keyword("part"):
            self.items("part", plural=False)
        else:
            self.at = before
        schedules = self.after_of("schedule")
        if schedules:
            return self.nested("schedule", start, schedules, "paragraph", items)
        return Group("paragraph", start, items[-1].end, _pinpoints("paragraph/", start, items))

    def nested(
        self, outer: str, start: int, outers: list[Item], inner: str, inners: list[Item]
    ) -> Group:
        """Join two lists: each paragraph in the one schedule, or pair by pair ("5/5A, 1/3")."""
        if len(outers) == 1:
            pairs = [(outers[0], item) for item in inners]
        elif len(outers) == len(inners):
            pairs = list(zip(outers, inners, strict=True))
        else:
            return Group(outer, start, outers[-1].end, _pinpoints(f"{outer}/", start, outers))
        paths = [f"{outer}/{'/'.join(o.levels)}/{inner}/{'/'.join(i.levels)}" for o, i in pairs]
        end = self.at
        if len(pairs) == 1 or len(outers) > 1:
            return Group(outer, start, end, tuple(Pinpoint(start, end, path) for path in paths))
        first, last = inners[0].start, inners[-1].end
        schedule_first = outers[0].start < first
        pinpoints = [
            Pinpoint(
                start if item.start == first else item.start,
                end if item.end == last and not schedule_first else item.end,
                path,
            )
            for item, path in zip(inners, paths, strict=True)
        ]
        return Group(outer, start, end, tuple(pinpoints))

    def class_of_part(self, start: int) -> Group | None:
        if self.take(_CLASS_LETTERS) is None:
            return None
        self.take(_OF)
        if self.keyword("part") is None:
            return None
        return self.part(start)

    def part(self, start: int) -> Group | None:
        numbers = self.items("part", plural=True)
        if not numbers:
            return None
        self.take(_CLASS)
        end = self.at
        schedules = self.after_of("schedule")
        if len(schedules) == 1:
            inner = f"schedule/{schedules[0].levels[0]}/part/"
            pinpoints = _pinpoints(inner, start, numbers)
            last = pinpoints[-1]._replace(end=self.at)
            return Group("schedule", start, self.at, (*pinpoints[:-1], last))
        pinpoints = _pinpoints("part/", start, numbers)
        if len(numbers) == 1:
            pinpoints = (pinpoints[0]._replace(end=end),)
        return Group("part", start, end, pinpoints)

    def items(self, kind: str, plural: bool) -> list[Item]:
        items = self.item(kind)
        while items:
            before = self.at
            if END_OF_LIST.match(self.text, before):
                break
            separator = self.take(_SEPARATOR)
            if separator is None:
                break
            following = self.continuation(items[-1]) or self.item(kind)
            if not following or not self.may_continue(following, separator, plural):
                self.at = before
                break
            if separator["range"]:
                items += between(items[-1], following[0])
            items += following
        return items

    def may_continue(self, items: list[Item], separator: re.Match[str], plural: bool) -> bool:
        """Tell whether what follows a separator is one more number, not other text."""
        if not items[-1].bare:
            return True
        if _MONTH_OR_UNIT.match(self.text, self.at):
            return False
        if separator["range"] and " " in separator.group() and "to" not in separator["range"]:
            return plural
        return plural or _NO_NOUN.match(self.text, self.at) is not None

    def item(self, kind: str) -> list[Item]:
        start = self.at
        usual = usual_item(self.text, start, kind)
        if usual is not None:
            self.at = usual.end
            return [usual]
        match = self.take(_NUMBER_OF.get(kind, _NUMBER))
        if match is None:
            return []
        digits, letters = match["digits"], match["letters"] or ""
        if kind == "part":
            return [Item(start, self.at, (numeral(match.group()),), bare=True)]
        if len(digits) == 4 and digits[:2] in {"19", "20"}:
            self.at = start
            return []
        if kind == "schedule":
            return [Item(start, self.at, (digits + letters,), bare=not letters)]
        letters = (letters or match.groupdict().get("spaced") or "").upper()
        if not letters and kind in {"section", "paragraph"}:
            folded = self.take(_LETTER_IN_BRACKETS)
            letters = folded[1] if folded else ""
        return self.brackets(kind, Item(start, self.at, (digits + letters,), bare=not letters))

    def brackets(self, kind: str, item: Item) -> list[Item]:
        while len(item.levels) < _DEEPEST and not self.sees(_AFTER_A_NUMBER):
            match = self.take(_BRACKET)
            if match is None:
                several = self.take(_BRACKET_LIST)
                if several:
                    return self.bracket_list(kind, item, several)
                match = self.take(_OPEN_BRACKET)
            if match is None and len(item.levels) <= len(_LOST_BRACKET):
                match = self.take(_LOST_BRACKET[len(item.levels) - 1])
            if match is None:
                break
            levels = (*item.levels, fold_level(kind, len(item.levels), match[1]))
            item = Item(item.start, self.at, levels)
        return [item]

    def bracket_list(self, kind: str, item: Item, match: re.Match[str]) -> list[Item]:
        """Read "(3 and 4)" or "(1 to 3)": one item a value."""
        offset, depth = match.start(1), len(item.levels)
        items: list[Item] = []
        for value in _LISTED_VALUE.finditer(match[1]):
            start = offset + value.start() if items else item.start
            levels = (*item.levels, fold_level(kind, depth, value[1]))
            items.append(Item(start, offset + value.end(1), levels))
        items[-1] = items[-1]._replace(end=match.end())
        if re.search(r"\bto\b|[-–]", match[1]):
            for left, right in list(pairwise(items)):
                at = items.index(right)
                items[at:at] = between(left, right)
        return items

    def continuation(self, before: Item) -> list[Item]:
        """Read "(7)" in "24A(6) and (7)": a bracket that goes on at a level printed before."""
        start = self.at
        if self.text[start : start + 1].isdigit():
            return []
        match = self.take(_BRACKET)
        if match is None or len(before.levels) < 2:
            self.at = start
            return []
        depth = depth_of(match[1], before.levels)
        if depth == 0:
            self.at = start
            return []
        levels = (*before.levels[:depth], match[1])
        return self.brackets("section", Item(start, self.at, levels))


def _pinpoints(prefix: str, start: int, items: list[Item]) -> tuple[Pinpoint, ...]:
    """Give the items their path; the keyword belongs to the first of them."""
    first = items[0].start
    return tuple(
        [
            Pinpoint(start if at == first else at, end, prefix + "/".join(levels))
            for at, end, levels, _ in items
        ]
    )
