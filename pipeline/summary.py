"""What came of a run, for a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.decision import OUTCOMES
from pipeline.drift import NAMES
from pipeline.survey import Survey
from pipeline.tally import Tally


@dataclass(frozen=True)
class Summary:
    """What came of a run, or what a run would read."""

    tally: Tally
    output: Path
    errors_file: Path
    seconds: float = 0.0
    resumed: int = 0
    """Inputs whose scores an earlier run had left."""
    memory: int = 0
    """Most memory that the processes of the run used together, in bytes."""
    drift: tuple[str, ...] = ()
    """What the run saw beside what the model was trained on."""
    warnings: tuple[str, ...] = ()
    survey: Survey | None = None
    """What would be read, where that is all that was asked."""

    @property
    def inputs(self) -> int:
        """Number of inputs."""
        return self.tally.inputs

    @property
    def scored(self) -> int:
        """Number of rows in the output."""
        return self.tally.scored

    @property
    def errors(self) -> int:
        """Number of rows in the error file."""
        return self.tally.errors

    @property
    def rate(self) -> float:
        """Inputs per second, those of an earlier run left out."""
        return (self.inputs - self.resumed) / self.seconds if self.seconds else 0.0

    def lines(self) -> list[str]:
        """Return the summary, one line for each thing said."""
        if self.survey:
            return self.survey.lines()
        tally = self.tally
        lines = [
            f"scored {tally.scored:,} + errors {tally.errors:,} = inputs {tally.inputs:,}"
            + (f", {self.resumed:,} of them by an earlier run" if self.resumed else ""),
        ]
        if tally.scored:
            lines += [self._outcomes(), f"for review: {_of(tally.review, tally.scored)}"]
        if tally.errors:
            kinds = ", ".join(f"{count:,} {kind}" for kind, count in tally.faults.most_common())
            lines.append(f"errors: {kinds}; see {self.errors_file}")
        lines.append(
            f"{self.rate:,.0f} a second, {self.seconds:,.1f} seconds in all; "
            f"most memory {self.memory / 1e6:,.0f} MB"
        )
        lines += self.drift
        lines += [f"WARNING: {warning}" for warning in self.warnings]
        return [*lines, f"wrote {self.output}"]

    def text(self) -> str:
        """Return the summary as one text."""
        return "\n".join(self.lines())

    def _outcomes(self) -> str:
        counts = [
            f"{NAMES[outcome]} {_of(self.tally.outcomes[outcome], self.tally.scored)}"
            for outcome in OUTCOMES
        ]
        return f"outcomes: {', '.join(counts)}"


def _of(count: int, whole: int) -> str:
    return f"{count:,} ({count / whole:.0%})"
