"""Say which instrument each pinpoint belongs to, or abstain.

Pure: it reads what `pipeline.citations` found. Ways to an instrument, the surest first:

1. it follows with "of": "section 9 of the Care Act 2014", "of that Act", "of the MHA";
2. it stands before: "Care Act 2014, section 9";
3. it follows after a comma or nothing: "(section 79, Environmental Protection Act 1990)";
4. a neighbour in the same list has it: "section 508B and Schedule 35B of the Education Act";
5. a custom of the trade: "section 117 aftercare";
6. the same provision is cited elsewhere, always of one instrument: "s117";
7. the nearest one named before it in the same sentence.

Where more than one candidate is left, the pinpoint stays unresolved.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import NamedTuple

from pipeline.antecedents import Antecedents, Link, ends_sentence
from pipeline.citations import Citations
from pipeline.customs import Customs
from pipeline.decision import Resolution
from pipeline.pinpoints import Group
from pipeline.spaced import spaced
from pipeline.statutes import Registry, place
from pipeline.titles import TitleIndex

SENTENCE_REACH = 250
"""Characters between an instrument and a pinpoint of the same sentence, at most."""

_AMENDED = r"(?:,?~\(?as~(?:so~)?amended\)?)?"
_GLOSS = r"(?:~\([A-Za-z][^()\d]{3,80}\))?"  # "section 31 (law enforcement) of"
_OF = spaced(_AMENDED + _GLOSS + r"~,?~(?:of|to|in|under|from|within)~(?P<the>(?:the|both)~)?")
# "the section 42 duty in the Care Act 2014"
_NOUN_OF = spaced(
    r"~(?:(?:safeguarding|legal|statutory|main|general)~)?(?:duty|duties|powers?|tests?|rights?"
    r"|requirements?|assessments?|enquir(?:y|ies)|notices?|agreements?|aftercare|provisions?"
    r"|plans?|orders?|exemptions?|offences?)~(?:of|in|under|from)~(?P<the>the~)?"
)
_NOTHING = spaced(_AMENDED + r"[^\S\n]{0,3},?[^\S\n]{0,3}\(?(?P<the>the[^\S\n])?")
_BEFORE = spaced(
    _AMENDED + r"~(?:,|:|;|–|-)?~(?:and~)?" + r"(?:\(|(?:in|at|under|by)\b)?~[\"'‘“]?(?:the~)?"
)
_LIST = spaced(
    _AMENDED + r"~[,;]?~(?:and|or|&|with|read~with|together~with)?~(?:also~)?(?:of~|under~)?"
    r"(?:the~provisions~of~)?"
)
_COORDINATED = spaced(r"~,?~(?:(?:and|or|&)~)?(?:the~)?")
# Where no word follows that could lead on to an instrument, as `_OF` and `_NOUN_OF` want it.
_LEADS_NOWHERE = re.compile(r"(?:, as amended\)?+)?+(?:, )?+\s*+(?![\s,(a-z])")
_USUAL_GAP = ", "
_REPEATED = spaced(r"~\(")
_PLACE = itemgetter(0, 1)  # start and end

_DOCUMENT = (
    r"(?:polic(?:y|ies)|forms?|reports?|plans?|agreements?|contracts?|guidance|codes?|letters?"
    r"|statements?|schemes?|leases?|constitution|handbook|framework|protocol|procedures?"
    r"|templates?|application|questionnaire|standards?|survey|assessment|document|toolkit"
    r"|strategy|manual|leaflet|submission|minutes|website)"
)
_OF_SOMETHING = spaced(
    r"~(?:of|to)~(?:the|its|their|our|your|his|her|my|this|that|these|those|an?|each|every"
    r"|[A-Z]\w*['’]s?)\b"
)
_IN_A_DOCUMENT = spaced(r"~(?:in|on|from)~(?:[\w'’-]{1,20}~){0,4}?" + _DOCUMENT + r"\b")
_INITIAL = re.compile(r"S(?![A-Za-z])")
_DOCUMENT_BEFORE = re.compile(rf"\b{_DOCUMENT}\b['’]?s?[^.\n]{{0,25}}$", re.IGNORECASE)

_NOUNS = {
    "section": {"Act"},
    "regulation": {"Regulations"},
    "article": {"Order", "Regulation"},
    "rule": {"Rules"},
}
"""What the instruments are called that have such pinpoints; all may have Schedules and Parts."""


class Resolved(NamedTuple):
    """A provision: where it is printed, its id ("" where unresolved), how it was resolved."""

    start: int
    end: int
    id: str
    how: Resolution


def resolve(
    text: str, citations: Citations, registry: Registry, index: TitleIndex, customs: Customs
) -> list[Resolved]:
    """Return the provisions of a text in order of print."""
    if not citations.groups and not citations.mentions:
        return []
    return _Resolver(text, citations, registry, index, customs).provisions()


class _Resolver:
    def __init__(
        self,
        text: str,
        citations: Citations,
        registry: Registry,
        index: TitleIndex,
        customs: Customs,
    ) -> None:
        self.text = text
        self.groups = citations.groups
        self.mentions = citations.mentions
        self.registry = registry
        self.customs = customs
        self.names = Antecedents(text, citations.mentions, index)
        self.links: list[Link | None] = [None] * len(self.groups)
        self.bound = [False] * len(self.groups)
        """Whether a group has found its instrument, known or not ("section 3 of the Xyz Act")."""
        self.carrying: set[int] = set()
        """Mentions that carry pinpoints, and so are not counted by themselves."""
        self.cited: dict[str, dict[str, Resolution]] = {}
        """By pinpoint and by bare number ("section/31/"): the instruments it was cited of."""

    def provisions(self) -> list[Resolved]:
        for position in range(len(self.groups)):
            self.bind_adjacent(position)
        self.bind_lists()
        if not all(self.bound):
            for position, group in enumerate(self.groups):
                self.remember(group, self.links[position])
        found: list[Resolved] = []
        for position, group in enumerate(self.groups):
            if not self.bound[position]:
                if self.is_of_something_else(group):
                    continue
                self.bind_loosely(position)
                self.remember(group, self.links[position])
            found += self.annotate(position)
        found += self.instruments_alone()
        return sorted(found, key=_PLACE)

    def remember(self, group: Group, link: Link | None) -> None:
        """Keep which instruments each provision, and each number, was cited of."""
        if link is None:
            return
        for pinpoint in group.pinpoints:
            for key in {pinpoint.path, _number(pinpoint.path)}:
                links = self.cited.setdefault(key, {})
                if links.get(link.path, "by_custom") == "by_custom":
                    links[link.path] = link.how

    # The sure ways: the instrument stands right beside the pinpoint ---------------------

    def bind(self, position: int, link: Link | None, mention: int = -1) -> None:
        self.bound[position] = True
        self.links[position] = link
        if mention >= 0:
            self.carrying.add(mention)

    def bind_adjacent(self, position: int) -> None:
        group = self.groups[position]
        inside = self.names.before(group.end)
        if inside >= 0 and self.mentions[inside].start > group.start:
            self.bind(position, self.names.links[inside], inside)
            return
        end = self.end_with_repeat(position)
        if not _LEADS_NOWHERE.match(self.text, end) and (
            self.bind_after(position, end, _OF) or self.bind_after(position, end, _NOUN_OF)
        ):
            return
        before = self.names.before(group.start)
        if before >= 0 and self.mentions[before].end <= group.start:
            gap = (self.mentions[before].end, group.start)
            beside = self.text[slice(*gap)] == _USUAL_GAP or _BEFORE.fullmatch(self.text, *gap)
            if beside and not self.is_pointer(before):
                self.bind(position, self.names.links[before], before)
                return
        if not self.bind_abbreviation_before(position):
            self.bind_after(position, end, _NOTHING)

    def bind_after(self, position: int, end: int, gap: re.Pattern[str]) -> bool:
        """Bind a group to the instrument that follows it across a gap, if one does."""
        match = gap.match(self.text, end)
        if match is None or match.end() == end:
            return False
        # A pointer begins with its "the", a title after it.
        for at in (match.end(), match.start("the")):
            mention = self.names.beginning_at.get(at, -1)
            if mention >= 0 and not (gap is _NOTHING and self.is_pointer(mention)):
                self.bind(position, self.names.links[mention], mention)
                return True
        found = self.names.abbreviation_at(match.end())
        if found:
            self.bind(position, found[1])
        return found is not None

    def end_with_repeat(self, position: int) -> int:
        """Return where a group ends, its short form in brackets included: "section 117 (s117)"."""
        group = self.groups[position]
        if position + 1 < len(self.groups):
            following = self.groups[position + 1]
            if (
                following.pinpoints[-1].path == group.pinpoints[-1].path
                and self.text[following.end : following.end + 1] == ")"
                and _REPEATED.fullmatch(self.text, group.end, following.start)
            ):
                return following.end + 1
        return group.end

    def is_pointer(self, mention: int) -> bool:
        return self.mentions[mention].kind in ("pronoun", "year")

    def bind_abbreviation_before(self, position: int) -> bool:
        start = self.groups[position].start
        before = self.text[max(0, start - 4) : start]
        gap = len(before) - len(before.rstrip(" \xa0,("))
        if not 0 < gap <= 3:
            return False
        stripped = start - gap
        found = self.names.abbreviation_before(stripped)
        if found:
            self.bind(position, found[1])
        return found is not None

    def bind_lists(self) -> None:
        """Let neighbours in one list share an instrument: forwards, then backwards."""
        for position in range(1, len(self.groups)):
            if self.bound[position - 1] and not self.bound[position]:
                self.share(position - 1, position)
        for position in range(len(self.groups) - 2, -1, -1):
            if self.bound[position + 1] and not self.bound[position]:
                self.share(position + 1, position)

    def share(self, source: int, target: int) -> None:
        first, second = sorted((source, target))
        start, end = self.groups[first].end, self.groups[second].start
        link = self.links[source]
        kinds = self.groups[source].kind, self.groups[target].kind
        if kinds[0] != kinds[1] and not (link and self.fits(kinds[1], link.path)):
            return
        if _LIST.fullmatch(self.text, start, end) or self.is_repeat(first, second):
            self.bind(target, link)

    def is_repeat(self, first: int, second: int) -> bool:
        return self.end_with_repeat(first) == self.groups[second].end + 1

    # The loose ways ----------------------------------------------------------------------

    def is_of_something_else(self, group: Group) -> bool:
        """Tell whether it is a section of a policy, a form, a report and the like."""
        return bool(
            _OF_SOMETHING.match(self.text, group.end) or _IN_A_DOCUMENT.match(self.text, group.end)
        )

    def bind_loosely(self, position: int) -> None:
        group = self.groups[position]
        nearest = self.nearest_in_sentence(position)
        custom = self.customs.instrument_at(self.text, group)
        elsewhere = self.cited_elsewhere(group)
        if nearest >= 0 and (not custom or self.path_of(nearest) == custom):
            self.bind(position, self.names.links[nearest], nearest)
        elif custom:
            known = elsewhere.get(custom, "by_custom") != "by_custom"
            self.bind(position, Link(custom, "back_reference" if known else "by_custom"))
        elif len(elsewhere) == 1:
            path, how = next(iter(elsewhere.items()))
            self.bind(position, Link(path, "by_custom" if how == "by_custom" else "back_reference"))

    def cited_elsewhere(self, group: Group) -> dict[str, Resolution]:
        """Return the instruments of which the same provision is cited elsewhere in the text.

        A number that is cited with another subsection counts for the instrument named last.
        """
        path = group.pinpoints[0].path
        if path in self.cited:
            return self.cited[path]
        last = self.names.before(group.start)
        path_named_last = self.path_of(last) if last >= 0 else ""
        links = self.cited.get(_number(path), {})
        return {path_named_last: links[path_named_last]} if path_named_last in links else {}

    def path_of(self, mention: int) -> str:
        link = self.names.links[mention]
        return link.path if link else ""

    def nearest_in_sentence(self, position: int) -> int:
        """Return the mention before a group in its sentence that it must belong to, or -1."""
        group = self.groups[position]
        last = self.names.before(group.start)
        if last < 0:
            return -1
        link = self.names.links[last]
        if link and not self.fits(group.kind, link.path):
            return -1
        mention = self.mentions[last]
        if group.start - mention.end > SENTENCE_REACH:
            return -1
        gap = self.text[mention.end : group.start]
        own_bracket = gap.endswith("(")
        if _leaves_bracket(gap, own_bracket):
            return -1
        # "The Act asks for a review. (Section 27)": a bracket belongs to the sentence before it.
        sentence = gap.rstrip("( \xa0\n").rstrip(".") if own_bracket else gap
        if ends_sentence(self.text, mention.end, mention.end + len(sentence)):
            return -1
        if last > 0:
            other = self.mentions[last - 1]
            joined = _COORDINATED.fullmatch(self.text, other.end, mention.start)
            if joined and self.path_of(last - 1) != self.path_of(last):
                return -1
        return last

    def fits(self, kind: str, path: str) -> bool:
        """Tell whether an instrument has pinpoints of a kind: an Act has no regulations."""
        nouns = _NOUNS.get(kind)
        if nouns is None:
            return True
        instrument = self.registry.instruments[path]
        return instrument.noun in nouns or kind in instrument.within

    # Results -----------------------------------------------------------------------------

    def annotate(self, position: int) -> list[Resolved]:
        group, link = self.groups[position], self.links[position]
        if group.kind == "paragraph":
            return []
        if link is None or not self.fits(group.kind, link.path):
            return self.unresolved(group, self.bound[position])
        instrument = self.registry.instruments[link.path]
        return [
            Resolved(one.start, one.end, place(instrument, one.path), link.how)
            for one in group.pinpoints
        ]

    def unresolved(self, group: Group, bound: bool) -> list[Resolved]:
        if not bound:
            # A lone capital is more often a person ("Mr S 12") than a section.
            if group.kind not in ("section", "regulation") or _INITIAL.match(
                self.text, group.start
            ):
                return []
            start = max(0, group.start - 60)
            if _DOCUMENT_BEFORE.search(self.text[start : group.start]):
                return []
        return [Resolved(one.start, one.end, "", "unresolved") for one in group.pinpoints]

    def instruments_alone(self) -> list[Resolved]:
        found = []
        for number, mention in enumerate(self.mentions):
            if number in self.carrying or not mention.year:
                continue
            link = self.names.links[number]
            if mention.kind == "title" and link:
                found.append(Resolved(mention.start, mention.end, link.path, "named"))
            elif mention.kind == "unknown" and mention.noun in ("Act", "Regulations"):
                found.append(Resolved(mention.start, mention.end, "", "unresolved"))
        return found


def _number(path: str) -> str:
    kind, number = path.split("/")[:2]
    return f"{kind}/{number}/"


def _leaves_bracket(gap: str, own_bracket: bool) -> bool:
    """Tell whether the instrument stands in a bracket that is closed before the pinpoint.

    A pinpoint in a bracket of its own runs parallel: "(section 9 of the Act) ... (section 10)".
    """
    depth = 0
    for character in gap:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return not own_bracket
    return False
