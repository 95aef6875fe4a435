"""The registry of instruments and of the grounds they give: `statutes.toml`, read and checked.

An id is the path of a provision on legislation.gov.uk (``ukpga/1974/7/section/24A/6``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pipeline.numbering import ROMAN
from pipeline.pinpoints import parse_group

STATUTES_FILE = Path(__file__).with_name("statutes.toml")
_SITE = "https://www.legislation.gov.uk/"
_NOUNS = ("Act", "Regulations", "Order", "Rules", "Regulation")
# Parts of Acts passed before 2001 are numbered I, II, III on the site, later ones 1, 2, 3.
_LAST_YEAR_OF_ROMAN_PARTS = 2000
_DIGITS = {digits: roman for roman, digits in ROMAN.items()}


class StatutesError(ValueError):
    """A rule in the registry that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and the ids that must be found in it."""

    text: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """An Act, a set of regulations, an order or rules."""

    title: str
    year: int
    path: str
    aliases: tuple[str, ...] = ()
    within: Mapping[str, str] = field(default_factory=dict)
    """Where pinpoints stand that are cited as if at the top: the Convention rights, cited as
    articles of the Human Rights Act 1998, have ``{"article": "schedule/1"}``."""
    examples: tuple[Example, ...] = ()
    counter_examples: tuple[str, ...] = ()

    noun: str = field(init=False)
    """``Act``, ``Regulations``, ``Order``, ...: what a back-reference calls it."""

    def __post_init__(self) -> None:
        words = re.findall(r"[A-Za-z]+", self.title)
        noun = next((word for word in reversed(words) if word in _NOUNS), "Act")
        object.__setattr__(self, "noun", noun)


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason in law that a decision rests on, and the provisions that show it."""

    name: str
    label: str
    description: str
    provisions: tuple[str, ...]
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Custom:
    """A pinpoint whose Act the trade takes for granted: "section 19 duty"."""

    name: str
    id: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Registry:
    """Everything in `statutes.toml`. ``source`` is its text, kept for serialisation."""

    instruments: Mapping[str, Instrument]
    """By path."""
    grounds: Mapping[str, Ground]
    customs: tuple[Custom, ...]
    pointers: Mapping[str, str] = field(default_factory=dict)
    """What a pointer means by custom: ``{"1974 Act": "ukpga/1974/7"}``."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Short labels whose id their own words do not give."""
    source: str = field(repr=False, default="")

    def instrument_of(self, provision: str) -> Instrument | None:
        """Return the instrument that a provision belongs to, or None."""
        parts = provision.split("/")
        for length in range(3, min(len(parts), 5) + 1):
            found = self.instruments.get("/".join(parts[:length]))
            if found is not None:
                return found
        return None


def load_registry(path: Path | None = None) -> Registry:
    """Load a registry; the project's own where no path is given (read once).

    Raises `StatutesError` where the file is no registry.
    """
    if path is None:
        return _default_registry()
    return parse_registry(path.read_text(encoding="utf-8"))


@cache
def _default_registry() -> Registry:
    return parse_registry(STATUTES_FILE.read_text(encoding="utf-8"))


def parse_registry(source: str) -> Registry:
    """Read the text of a `statutes.toml`. Raises `StatutesError`."""
    try:
        tables = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise StatutesError(f"The registry of statutes is not TOML: {error}.") from error
    instruments = [_instrument(table) for table in tables.get("instruments", [])]
    by_path = {instrument.path: instrument for instrument in instruments}
    if len(by_path) != len(instruments):
        paths = [instrument.path for instrument in instruments]
        twice = sorted({path for path in paths if paths.count(path) > 1})
        raise StatutesError(f"The registry of statutes has a path twice: {', '.join(twice)}.")
    grounds = {name: _ground(name, table) for name, table in tables.get("grounds", {}).items()}
    customs = tuple(_custom(name, table) for name, table in tables.get("customs", {}).items())
    registry = Registry(
        instruments=by_path,
        grounds=grounds,
        customs=customs,
        pointers=dict(tables.get("pointers", {})),
        labels=dict(tables.get("labels", {})),
        source=source,
    )
    for custom in customs:
        if registry.instrument_of(custom.id) is None:
            raise StatutesError(
                f"In the registry of statutes, custom {custom.name} belongs to no instrument."
            )
    return registry


def _required(table: Mapping[str, Any], key: str, where: str) -> Any:
    if not table.get(key):
        raise StatutesError(f'The registry of statutes has no "{key}" in {where}.')
    return table[key]


def _strings(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(value) for value in table.get(key, ()))


def _instrument(table: Mapping[str, Any]) -> Instrument:
    title = str(_required(table, "title", "an instrument"))
    path = str(_required(table, "path", title))
    examples = tuple(
        Example(str(example["text"]), tuple(f"{path}/{end}".rstrip("/") for end in example["ids"]))
        for example in table.get("examples", ())
    )
    return Instrument(
        title=title,
        year=int(_required(table, "year", title)),
        path=path,
        aliases=_strings(table, "aliases"),
        within=dict(table.get("within", {})),
        examples=examples,
        counter_examples=_strings(table, "counter_examples"),
    )


def _ground(name: str, table: Mapping[str, Any]) -> Ground:
    where = f"ground {name}"
    return Ground(
        name=name,
        label=str(_required(table, "label", where)),
        description=str(_required(table, "description", where)),
        provisions=tuple(_required(table, "provisions", where)),
        examples=_strings(table, "examples"),
        counter_examples=_strings(table, "counter_examples"),
    )


def _custom(name: str, table: Mapping[str, Any]) -> Custom:
    where = f"custom {name}"
    return Custom(
        name=name,
        id=str(_required(table, "id", where)),
        before=_strings(table, "before"),
        after=_strings(table, "after"),
        examples=_strings(table, "examples"),
        counter_examples=_strings(table, "counter_examples"),
    )


_ABBREVIATIONS = {
    "section": "s",
    "regulation": "reg",
    "article": "art",
    "rule": "r",
    "schedule": "sch",
    "paragraph": "para",
    "part": "pt",
}


def display(provision: str, registry: Registry | None = None) -> str:
    """Return a provision as OSCOLA writes it: ``Local Government Act 1974, s 24A(6)``.

    An id of an unknown instrument is returned as it is; an empty id gives an empty string.
    """
    return _own_display(provision) if registry is None else _display_in(registry, provision)


@lru_cache(maxsize=10_000)
def _own_display(provision: str) -> str:
    return _display_in(load_registry(), provision)


def _display_in(registry: Registry, provision: str) -> str:
    instrument = registry.instrument_of(provision)
    if instrument is None:
        return provision
    parts = [part for part in provision.removeprefix(instrument.path).split("/") if part]
    words: list[str] = []
    for part in parts:
        if part in _ABBREVIATIONS:
            words.append(f"{_ABBREVIATIONS[part]} ")
        elif words and words[-1].endswith(" "):
            words[-1] += part
        elif words:
            words[-1] += f"({part})"
    if not words:
        return instrument.title
    return f"{instrument.title}, {' '.join(words)}"


def link(provision: str, registry: Registry | None = None) -> str:
    """Return the address of a provision on legislation.gov.uk; empty for an empty id.

    The site numbers the Parts of Acts before 2001 in Roman numerals, and shows the articles
    of the Human Rights Convention on the page of the Schedule.
    """
    if not provision:
        return ""
    instrument = (registry or load_registry()).instrument_of(provision)
    if instrument is None:
        return _SITE + provision
    page = provision
    if "article" in instrument.within:
        page = provision.partition("/article/")[0]
    if instrument.noun == "Act" and instrument.year <= _LAST_YEAR_OF_ROMAN_PARTS:
        page = re.sub(r"(?<=/part/)\d+", lambda match: _DIGITS.get(match[0], match[0]), page)
    return _SITE + page


def grounds_of(provisions: Iterable[str], registry: Registry | None = None) -> set[str]:
    """Return the names of the grounds that the provisions map to.

    A ground that lists ``.../section/34B`` is met by 34B and by every provision below it; one
    that ends in ``$`` is met by that provision alone.
    """
    if registry is None:
        return {name for provision in provisions for name in _grounds_of_one(provision)}
    return {name for provision in provisions for name in _grounds_in(registry, provision)}


@lru_cache(maxsize=10_000)
def _grounds_of_one(provision: str) -> frozenset[str]:
    return _grounds_in(load_registry(), provision)


def _grounds_in(registry: Registry, provision: str) -> frozenset[str]:
    return frozenset(
        ground.name
        for ground in registry.grounds.values()
        if any(_covers(listed, provision) for listed in ground.provisions)
    )


def _covers(listed: str, provision: str) -> bool:
    if listed.endswith("$"):
        return provision == listed[:-1]
    return provision == listed or provision.startswith(listed + "/")


_NOT_NAMED = re.compile(r"\(\w+ not named\)")


def parse_label(label: str) -> str:
    """Return the id of a provision written in short: ``LGA1974 s24A(6)``.

    Empty where the label itself says that its Act or instrument is not named. Raises
    `StatutesError` where the instrument is not in the registry or the rest is no provision.
    """
    if _NOT_NAMED.search(label):
        return ""
    registry = load_registry()
    text = " ".join(label.replace("’", "'").split())
    if text in registry.labels:
        return registry.labels[text]
    instrument = _instrument_of_label(text, registry)
    if instrument is None:
        raise StatutesError(f'"{label}" names no instrument of the registry of statutes.')
    path, rest = instrument
    if not rest:
        return path
    group = parse_group(re.sub(r"\b(?:Part|Sch|art|para)(?=[A-Z]?\d)", r"\g<0> ", rest), 0)
    if group is None or len(group.pinpoints) != 1:
        raise StatutesError(f'"{label}" ends in no provision that can be read.')
    return place(registry.instruments[path], group.pinpoints[0].path)


def _instrument_of_label(text: str, registry: Registry) -> tuple[str, str] | None:
    """Return the path and what follows the longest name that the label begins with."""
    best: tuple[int, str] | None = None
    for instrument in registry.instruments.values():
        for name in (instrument.title, *instrument.aliases):
            ends = len(text) == len(name) or not text[len(name) : len(name) + 1].isalnum()
            longer = best is None or len(name) > best[0]
            if ends and longer and text.casefold().startswith(name.casefold()):
                best = (len(name), instrument.path)
    return (best[1], text[best[0] :].strip(" ,")) if best else None


def place(instrument: Instrument, path: str) -> str:
    """Return the id of a pinpoint in an instrument."""
    if not path:
        return instrument.path
    outer = instrument.within.get(path.partition("/")[0]) if instrument.within else None
    return f"{instrument.path}/{outer}/{path}" if outer else f"{instrument.path}/{path}"


GROUNDS: Mapping[str, Ground] = load_registry().grounds
"""The grounds of the project's own registry, by name."""
