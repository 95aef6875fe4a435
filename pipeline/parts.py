"""The parts of a run: a few hundred inputs each, scored, written and checked as one.

Where a part begins and ends is decided by the inputs alone, so that any number of workers,
and a run that was resumed, make the same parts.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from pipeline.errors import ScoringError
from pipeline.items import Item
from pipeline.tally import Tally

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
MOST_ITEMS: Final = 250
MOST_BYTES: Final = 32_000_000
PART_NAME: Final = re.compile(r"part-(\d{5,})\.parquet")


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive inputs that are scored together."""

    number: int
    first: int
    """Place of its first item among all inputs, from 0."""
    items: tuple[Item, ...]

    def digest(self) -> str:
        """Return a SHA-256 of everything that decides what the scored part will be."""
        whole = hashlib.sha256(f"{self.number} {self.first}".encode())
        for item in self.items:
            whole.update(item.digest())
        return whole.hexdigest()


def divide(
    items: Iterable[Item], most_items: int = MOST_ITEMS, most_bytes: int = MOST_BYTES
) -> Iterator[Part]:
    """Yield the items in parts of at most ``most_items``, closed early at ``most_bytes``."""
    number, first, held, size = 0, 0, [], 0
    for item in items:
        held.append(item)
        size += item.size
        if len(held) >= most_items or size >= most_bytes:
            yield Part(number, first, tuple(held))
            number, first, held, size = number + 1, first + len(held), [], 0
    if held:
        yield Part(number, first, tuple(held))


@dataclass(frozen=True, slots=True)
class Settings:
    """What every worker must know."""

    model: str
    """Folder of the bundle."""
    fingerprint: str
    """SHA-256 of the view's file, which every worker must find there."""
    view: str = "full"
    prior: str = "corpus"
    time_out: float = 60.0
    """Seconds that one document may take."""
    memory: int = 2 << 30
    """Bytes that a process may take beyond what the loaded model takes; 0 for no limit."""


@dataclass(frozen=True, slots=True)
class ScoredPart:
    """What comes of scoring a part."""

    number: int
    file: bytes
    """The part's Parquet file."""
    tally: Tally
    process: str
    """Name of the machine and number of the process."""
    memory: int
    """Most memory that the process has used so far, in bytes."""


class PartFolder:
    """The folder beside the output that holds the parts until they are joined.

    Every file is written under a temporary name and renamed once it is whole.
    """

    def __init__(self, output: Path) -> None:
        self.path = output.with_name(output.name + ".parts")
        self._lock: IO[str] | None = None

    def open(self, about: dict[str, Any], *, resume: bool) -> None:
        """Make the folder ready for a run that ``about`` describes, and lock it.

        Without ``resume``, parts of an earlier run are thrown away.

        Raises
        ------
        ScoringError
            Another run is using it, or ``resume`` and its parts are of another run.
        """
        about = json.loads(json.dumps({"format": FORMAT, **about}))
        self.path.mkdir(exist_ok=True)
        self._take_lock()
        written = self._manifest()
        if resume and written is not None:
            _refuse_other_run(written, about, self.path)
        else:
            self._throw_parts_away()
        for left in self.path.glob("*.tmp"):
            left.unlink()
        write_whole(self.path / MANIFEST, json.dumps(about, indent=2).encode())

    def close(self) -> None:
        """Give the folder free; its parts stay."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def remove(self) -> None:
        """Delete the folder, the manifest last: a kill on the way leaves a run to resume."""
        self._throw_parts_away()
        self.close()
        shutil.rmtree(self.path, ignore_errors=True)

    def file(self, number: int) -> Path:
        """Return the file of a part."""
        return self.path / f"part-{number:05}.parquet"

    def files(self) -> list[Path]:
        """Return the files of all finished parts in the order of the inputs."""
        found = [name for name in self.path.iterdir() if PART_NAME.fullmatch(name.name)]
        return sorted(found, key=lambda name: int(PART_NAME.fullmatch(name.name)[1]))  # type: ignore[index]

    def _throw_parts_away(self) -> None:
        for name in self.files():
            name.unlink()

    def _manifest(self) -> dict[str, Any] | None:
        try:
            manifest = json.loads((self.path / MANIFEST).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return manifest if isinstance(manifest, dict) else None

    def _take_lock(self) -> None:
        self._lock = (self.path / "lock").open("w")
        try:
            import fcntl
        except ImportError:
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.close()
            raise ScoringError(
                f"Another run is writing to {self.path}: wait for it, or choose another output."
            ) from None


def _refuse_other_run(written: dict[str, Any], about: dict[str, Any], folder: Path) -> None:
    for name in about:
        if written.get(name) != about[name]:
            raise ScoringError(
                f"The run to resume in {folder} had another {name} "
                f"({_brief(written.get(name))}, not {_brief(about[name])}): give the same, "
                "or leave --resume out to begin anew."
            )


def _brief(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name, then give it its own."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
