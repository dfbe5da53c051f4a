"""A sentence → its clauses: the statements that stand for themselves, each with the dates in it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.dates.cues import Cues
from agent.core.dates.folding import folded
from agent.core.dates.spans import DaySpan, Line


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement inside a sentence: its folded text, where it begins, the dates in it, and whether it asks."""

    text: str
    start: int
    spans: tuple[DaySpan, ...]
    asks: bool = False

    def before(self, span: DaySpan) -> str:
        """The words in front of a date and its prepositions."""
        return self.text[: max(0, span.lead - self.start)]

    def behind(self, span: DaySpan) -> str:
        """The words behind a date."""
        return self.text[span.end - self.start :]


def clauses(line: Line, cues: Cues) -> list[Clause]:
    """The clauses of a sentence in order; no cut goes through a date ("Tuesday and Thursday")."""
    low = folded(line.text)
    cuts = [(m.start(), m.end()) for m in cues["clause"].finditer(low) if not _inside(m.start(), line.spans)]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(low)]
    asks = line.text.rstrip().endswith("?")
    return [
        Clause(low[start:end], start, tuple(s for s in line.spans if start <= s.start < end), asks)
        for start, end in zip(starts, ends, strict=True)
    ]


def _inside(place: int, spans: tuple[DaySpan, ...]) -> bool:
    return any(span.lead < place < span.end for span in spans)
