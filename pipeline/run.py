"""The course of one run: which parts are there, which are to be scored, what was used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.errors import ScoringError
from pipeline.part_files import read_record
from pipeline.parts import Part, PartFolder, ScoredPart, write_whole
from pipeline.peak_memory import peak_memory
from pipeline.tally import Tally


class Run:
    """The parts of a run, and which of them an earlier run has left."""

    def __init__(self, folder: PartFolder, parts: Iterator[Part], *, show: bool) -> None:
        self.folder = folder
        self.parts = parts
        self.show = show
        self.expected: int | None = None
        self.inputs = 0
        self.resumed = 0
        self.count = 0
        self.scored = 0
        self._memory: dict[str, int] = {}

    def to_score(self) -> Iterator[Part]:
        """Yield the parts that have no file yet."""
        for part in self.parts:
            self.inputs += len(part.items)
            self.count += 1
            path = self.folder.file(part.number)
            record = read_record(path) if path.exists() else None
            if record is None:
                yield part
                continue
            if record.digest != part.digest():
                raise ScoringError(
                    "The inputs have changed since the run that is to be resumed "
                    f"(between {part.items[0].source} and {part.items[-1].source}): "
                    "leave --resume out to begin anew."
                )
            self.resumed += len(part.items)

    def keep(self, parts: Iterable[ScoredPart]) -> None:
        """Write each scored part to its file, and show how far the run is."""
        from tqdm import tqdm

        with tqdm(total=self.expected, unit=" decisions", disable=not self.show) as bar:
            for scored in parts:
                write_whole(self.folder.file(scored.number), scored.file)
                self._memory[scored.process] = scored.memory
                self.scored += scored.tally.inputs
                bar.initial = self.resumed
                bar.n = self.resumed + self.scored
                bar.refresh()

    def finished_files(self) -> list[Path]:
        """Return the files of all parts, once every one is there.

        Raises
        ------
        ScoringError
            There are none, or more or fewer than the inputs have parts.
        """
        files = self.folder.files()
        expected = [self.folder.file(number) for number in range(self.count)]
        if not expected:
            raise ScoringError("There is nothing to score in the inputs.")
        if len(files) > self.count and files[: self.count] == expected:
            raise ScoringError(
                "The inputs have become fewer since the run that is to be resumed: "
                "leave --resume out to begin anew."
            )
        if files != expected:
            raise ScoringError(
                f"Parts in {self.folder.path} were taken away during the run: "
                "run it again with --resume."
            )
        return files

    def check(self, tally: Tally) -> None:
        """Check that every input was scored or became an error row.

        Raises
        ------
        ScoringError
            One was lost.
        """
        if tally.scored + tally.errors != self.inputs:
            raise ScoringError(
                f"{self.inputs} inputs gave {tally.scored} scores and {tally.errors} errors: "
                f"{self.folder.path} was changed during the run; delete it and run again."
            )

    def memory(self) -> int:
        """Return the most memory that all processes used, if they did so at once, in bytes."""
        return peak_memory() + sum(self._memory.values())
