"""A sentence → its clauses: the statements that stand for themselves, each with the dates in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.core.dates.cues import Cues
from agent.core.dates.folding import folded
from agent.core.dates.spans import DaySpan, Line

WAITS = frozenset({"day", "bizday", "week", "month"})
WAIT_GAP = 6  # characters: "max", a comma
FEW_WORDS = 4  # an opening of fewer words is an adverb ("with any luck,")
NEWS_REACH = 60  # characters behind a day in which what promises news must stand
SEPARATES = re.compile(r",|(?<= )(?:and|und|et|y|e) (?:el |the |le |am )?", re.IGNORECASE)
OF = re.compile(r"\s*(?:of|de|d'|di|von|mit|with)\b")
AND = re.compile(r"\s*(?:and|und|et|y|e|en)\b")


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
    cuts = [
        (m.start(), m.end())
        for m in cues["clause"].finditer(low)
        if not _inside(m.start(), line.spans) and not _awaits(low, m.start(), line.spans, cues)
    ]
    cuts = sorted({*cuts, *_before_news(line, low, cues)})
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(low)]
    asks = line.text.rstrip().endswith("?")
    return [
        Clause(low[start:end], start, tuple(s for s in line.spans if start <= s.start < end), asks)
        for start, end in zip(starts, ends, strict=True)
    ]


def _before_news(line: Line, low: str, cues: Cues) -> list[tuple[int, int]]:
    """Reads "wir haben noch nicht entschieden, am Dienstag bekommen Sie Bescheid": news is behind the comma.

    Before the comma there is no news, but more than an adverb or a bare day; a condition stays with what it governs.
    """
    cuts: list[tuple[int, int]] = []
    governs = min(_first_end(low, cues[name]) for name in ("contact", "if_match", "silence", "ask"))
    for mark in SEPARATES.finditer(line.text):
        at = mark.start()
        behind = next((span for span in line.spans if span.lead >= at and span.start > at), None)
        if behind is None or any(span.lead < at < span.end for span in line.spans):
            continue
        if mark[0] == "," and _explains(line, low, at, behind, cues):
            cuts.append(mark.span())
        if governs <= at:
            continue
        comma = mark[0] == "," and _parts(line, low, at, behind, cues)
        if comma or _leads_to_news(mark, low, behind, cues):
            cuts.append(mark.span())
    return cuts


def _first_end(low: str, cue: re.Pattern[str]) -> int:
    """Where the first match ends; behind the text if there is none."""
    found = cue.search(low)
    return found.end() if found else len(low) + 1


def _explains(line: Line, low: str, comma: int, behind: DaySpan, cues: Cues) -> bool:
    """Reads "on te dit ça demain, le chef n'est pas là aujourd'hui": the day behind the comma belongs to a reason."""
    told = any(span.end <= comma and cues["contact"].search(low[: span.lead]) for span in line.spans)
    apart = len(low[comma + 1 : behind.lead].split()) >= FEW_WORDS and not behind.limits
    return told and apart and not any(cues[n].search(low[comma:]) for n in ("contact", "act", "modal"))


def _parts(line: Line, low: str, comma: int, behind: DaySpan, cues: Cues) -> bool:
    """True for a comma between a statement of its own and one that promises news by a day."""
    last = next((span for span in reversed(line.spans) if span.end <= comma), None)
    few = FEW_WORDS if last is None else 1
    if len(low[last.end if last else 0 : comma].split()) < few:
        return False
    following = line.text.find(",", comma + 1)
    end = following if following > behind.end else len(low)
    return cues["contact"].search(low[comma : min(end, behind.end + NEWS_REACH)]) is not None


def _leads_to_news(mark: re.Match[str], low: str, behind: DaySpan, cues: Cues) -> bool:
    """True for a mark right before a day that is right before what promises news ("y el martes te llamo")."""
    near = len(low[mark.end() : behind.start].split()) <= 1
    return (
        near
        and len(low[: mark.start()].split()) >= FEW_WORDS
        and cues["contact"].match(low[behind.end : behind.end + NEWS_REACH].lstrip()) is not None
    )


def _inside(place: int, spans: tuple[DaySpan, ...]) -> bool:
    return any(span.lead < place < span.end for span in spans)


def _awaits(low: str, cut: int, spans: tuple[DaySpan, ...], cues: Cues) -> bool:
    """Reads "Figure a couple weeks and we'll know": the wait and what ends it are one statement."""
    last = next((span for span in reversed(spans) if span.end <= cut), None)
    if last is None or not waits(last, low[: last.lead], low[last.end :], cues):
        return False
    return cut - last.end <= WAIT_GAP and AND.match(low, cut) is not None


def waits(span: DaySpan, lead: str, rest: str, cues: Cues) -> bool:
    """A bare duration that opens its sentence, with nothing before it but "figure", "give it"; no "weeks of training"."""
    waited = span.bare and span.grain in WAITS and not OF.match(rest)
    return waited and cues["opener"].search(lead.strip(" ,.-")) is not None
