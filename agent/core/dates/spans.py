"""A sentence → the phrases in it that mean days, with the prepositions that limit them ("by", "before", "after")."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

from agent.core.dates import reckoning as reckon
from agent.core.dates.cues import cues_of
from agent.core.dates.days import Days, Meaning
from agent.core.dates.folding import folded
from agent.core.dates.grammar import PATTERNS
from agent.core.dates.public_names import with_names
from agent.core.dates.reckoning import DAY, Moment
from agent.core.dates.tokens import Token, tokens, words_of
from agent.core.lexicon import pack

MAX_SENTENCE = 600
AND = frozenset({"and", "und", "et", "y", "e"})
TEENS = 13  # "the twentieth" is a day; "the first" and "the tenth" may be anything
PARTICLE = 40  # characters of a verb with its particle, and what stands before it
MAX_SPANS = 16  # in one sentence
_DOUBLED = re.compile("NpNp")


@dataclass(frozen=True, slots=True)
class DaySpan:
    """A phrase that means one day or several: ``sentence[start:end]``, from ``earliest`` to ``latest``.

    ``limits`` are the prepositions before it (``by``, ``before``, ``within``, ``after``, ``on``, ``for`` …);
    ``after`` and ``before`` are already in the dates. ``bare``: a duration that no preposition makes a date.
    """

    start: int
    end: int
    latest: date
    earliest: date
    grain: str
    rule: str
    limits: frozenset[str] = frozenset()
    vague: bool = False
    ambiguous: bool = False
    bare: bool = False
    past: bool = False
    lead: int = 0  # where the prepositions begin
    words: str = ""  # the phrase with its prepositions, as written
    follows: bool = False  # "the following Monday": counts from the day named before


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence with its tokens: the core (no fillers), its class string, and the days found in it."""

    text: str
    core: tuple[Token, ...]
    kinds: str
    spans: tuple[DaySpan, ...]


def read(sentence: str, moment: Moment) -> Line:
    """All days of one sentence (its first 600 characters), in the order of the text."""
    text = sentence[:MAX_SENTENCE]
    core = with_names(_core(text, moment.language), text, moment.holidays, moment.today.year)
    kinds = "".join(token.kind for token in core)
    found = [_limited(hit, core, kinds, moment) for hit in _hits(core, kinds, moment)]
    nouns = _listed(moment.language, "ordinal_nouns")
    kept = [span for span in found if span is not None and not _names_a_thing(span, text, nouns)]
    whole = _alternatives(_without_doubled_weekdays(kept, text), core, _news_behind(text, moment))[:MAX_SPANS]
    spans = tuple(replace(span, words=text[span.lead : span.end].rstrip(" .,")) for span in whole)
    return Line(text, core, kinds, spans)


@lru_cache(maxsize=256)  # deadlines and appointments are read from the same sentences
def _core(sentence: str, language: str) -> tuple[Token, ...]:
    """Without fillers and without the hyphen of "mid-March"; numbers behind a day's article become ordinals."""
    articles = _listed(language, "day_articles")
    kept: list[Token] = []
    before = ""
    for token in _without_doubles(tokens(sentence, words_of(language))):
        number = token.value if token.kind == "N" and before in articles else None
        before = token.low
        hyphen = token.value == "-" and kept and kept[-1].kind in "PX" and kept[-1].end == token.start
        if token.kind != "F" and not hyphen:
            day = isinstance(number, int) and 1 <= number <= 31
            kept.append(replace(token, kind="O") if day else token)
    particle, low = cues_of(language)["particle"], folded(sentence)
    return tuple(
        replace(token, kind="z")
        if token.kind == "L" and particle.search(low[max(0, token.end - PARTICLE) : token.end])
        else token
        for token in kept
    )


def _without_doubles(found: list[Token]) -> list[Token]:
    """Leaves out the figure in brackets of "fourteen (14) days"."""
    kinds = "".join(token.kind for token in found)
    doubled = {
        place
        for match in _DOUBLED.finditer(kinds)
        if found[match.start()].value == found[match.start() + 2].value
        for place in range(match.start() + 1, match.end())
    }
    return [token for at, token in enumerate(found) if at not in doubled] if doubled else found


@cache
def _listed(language: str, key: str) -> frozenset[str]:
    """A list of words of the language's lexicon, folded."""
    return frozenset(map(folded, pack(language, "dates").get(key, ())))


def _names_a_thing(span: DaySpan, text: str, nouns: frozenset[str]) -> bool:
    """Reads "the 2nd round", "the 14th floor"."""
    if span.rule != "day of month":
        return False
    following = folded(text[span.end : span.end + 24]).replace("-", " ").split()
    return bool(following) and following[0].strip(".:;!?)") in nouns


@dataclass(frozen=True, slots=True)
class _Hit:
    first: int
    last: int  # index behind
    days: Days
    rule: str


def _hits(core: tuple[Token, ...], kinds: str, moment: Moment) -> list[_Hit]:
    hits: list[_Hit] = []
    at = 0
    while at < len(core):
        hit = None if kinds[at] in "zpBTGLKYm" or _is_clock(core, at) else _longest(core, kinds, at, moment)
        if hit is None:
            at += 1
        else:
            if not _is_hour_of(hits, hit, core, kinds):
                hits.append(hit)
            at = hit.last
            while at < len(core) and kinds[at] == "D":  # "tomorrow, end of day"
                at += 1
    return hits


def _is_hour_of(hits: list[_Hit], hit: _Hit, core: tuple[Token, ...], kinds: str) -> bool:
    """Reads "Friday by close of business": the hour of the day named just before, no day of its own."""
    if hit.rule != "end of day" or not hits:
        return False
    between = kinds[hits[-1].last : hit.first]
    return len(between) <= 2 and set(between) <= {"L"} and core[hit.first].kind == "D"


def _is_clock(core: tuple[Token, ...], at: int) -> bool:
    """Reads "at 9.15" is no 9th or 15th; nor is "10.30" where a sentence begins."""
    value = core[at].value
    dotted = core[at].kind == "I" and isinstance(value, tuple) and value[-1] == -1
    if dotted and at == 0 and isinstance(value, tuple):
        return len(core) > 1 and core[1].kind != "Y" and value[1] in {15, 30, 45}
    return dotted and at > 0 and core[at - 1].kind == "L" and core[at - 1].value == "at"


def _longest(core: tuple[Token, ...], kinds: str, at: int, moment: Moment) -> _Hit | None:
    matches: list[tuple[int, str, Meaning]] = []
    for name, pattern, meaning in PATTERNS:
        match = pattern.match(kinds, at)
        if match is not None:
            matches.append((match.end(), name, meaning))
    for end, name, meaning in sorted(matches, key=lambda m: -m[0]):
        days = meaning(list(core[at:end]), moment)
        if days is not None:
            return _Hit(at, end, days, name)
    return None


def _limited(hit: _Hit, core: tuple[Token, ...], kinds: str, moment: Moment) -> DaySpan | None:
    limits, first = _before(core, kinds, hit.first)
    tail, last = _behind(core, kinds, hit.last)
    limits |= tail
    spelled = (
        hit.rule == "day of month" and not core[hit.first].raw[:1].isdigit() and hit.days.latest.day < TEENS
    )
    if spelled and not limits & {"by", "before", "until", "on", "toward", "after", "from"}:
        return None  # "first of all"
    if hit.rule == "within the unit" and "within" not in limits:
        return None
    days, past = hit.days, bool(limits & {"ago", "since"}) or hit.days.latest < moment.today
    if hit.days.bare and "vor" in limits:
        past = True
    if not hit.days.bare:
        days = _shifted(days, limits, moment)
    bare = days.bare and not limits & {"within", "in", "now", "after"}
    end = core[last - 1].end
    return DaySpan(
        core[hit.first].start, end, days.latest, days.earliest, days.grain, hit.rule, frozenset(limits),
        days.vague, days.ambiguous, bare, past, core[first].start, follows=days.key == "following",
    )  # fmt: skip


def _before(core: tuple[Token, ...], kinds: str, first: int) -> tuple[set[str], int]:
    """The prepositions in front, over a clock time or a part of the day ("by 5pm Friday", "by noon on Monday")."""
    limits: set[str] = set()
    at = first
    while at and kinds[at - 1] in "LKD":
        at -= 1
        if kinds[at] == "L":
            limits.add(str(core[at].value))
    if at and kinds[at - 1] == "T" and core[at - 1].value == "latest":
        limits.add("by")
    if at and kinds[at - 1] == "X" and core[at - 1].value == 5:  # "following Easter"
        limits.add("after")
    return limits, at


def _behind(core: tuple[Token, ...], kinds: str, last: int) -> tuple[set[str], int]:
    """What follows: "at the latest", "from now", "ago", over a clock time or a part of the day."""
    tail: set[str] = set()
    at = end = last
    while at < len(core) and at - last < 4 and kinds[at] in "TGDKL":
        if kinds[at] in "TG" and (core[at].value != "now" or at == last):
            tail.add("by" if core[at].value == "latest" else str(core[at].value))
            end = at + 1
        elif kinds[at] == "D" and at == last:
            end = at + 1
        elif kinds[at] == "L" and core[at].value not in {"at", "by", "in"}:
            break
        at += 1
    return tail, end


def _shifted(days: Days, limits: set[str], moment: Moment) -> Days:
    if limits & {"before", "vor"} and "by" not in limits:
        return _earlier(days, moment)
    if "after" in limits:
        latest = _later(days, moment)
        return replace(days, latest=latest, earliest=min(latest, days.latest + DAY))
    if days.key == "new_year" and limits & {"in", "until", "by"}:
        return replace(days, latest=reckon.after(moment, days.latest, days.key), grain="week", vague=True)
    if "by" in limits and days.grain == "weekend":
        friday = days.earliest - DAY
        return replace(days, latest=friday, earliest=friday)
    if (
        "by" in limits and days.grain == "month" and days.earliest > moment.today
    ):  # "by March": before it has begun
        return replace(days, latest=days.earliest, ambiguous=True)
    return days


def _earlier(days: Days, moment: Moment) -> Days:
    """Reads "before X" is the day before; before a period, the day before it begins; before a holiday a business day."""
    soft = days.grain in {"weekend", "holiday"}
    part = days.grain == "part of month" or (days.grain == "week" and days.earliest + 4 * DAY != days.latest)
    whole = (
        days.grain in {"week", "month", "quarter", "year", "weekend"}
        and not part
        and days.earliest > moment.today
    )
    start = days.earliest if whole else days.latest
    if part or (days.grain in {"week", "month", "quarter", "year"} and not whole):
        return days  # "before the end of next week": by its end
    latest = reckon.before(moment, start, to_business=soft or days.grain == "week")
    latest = max(latest, moment.today)
    return replace(days, latest=latest, earliest=min(latest, days.earliest), grain="day")


def _later(days: Days, moment: Moment) -> date:
    """Reads "after X": the next business day; after a vague period a few days more."""
    if days.grain in {"month", "quarter", "year", "part of month"}:
        return days.latest + 7 * DAY
    if days.grain == "week":
        return reckon.after(moment, days.latest) + DAY  # "after next week": early in the week behind it
    return reckon.after(moment, days.latest, days.key)


def _without_doubled_weekdays(spans: list[DaySpan], text: str) -> list[DaySpan]:
    """Reads "20 July (Monday)" and "Monday (20 July)" are one day: the written date says which."""
    kept: list[DaySpan] = []
    for span in spans:
        last = kept[-1] if kept else None
        if (
            last is not None
            and text[last.end : span.lead].strip() == "("
            and "weekday" in {last.rule, span.rule}
        ):
            date_span = last if span.rule == "weekday" else span
            kept[-1] = replace(
                date_span, start=last.start, lead=last.lead, end=max(last.end, span.end), limits=last.limits
            )
        else:
            kept.append(span)
    return kept


def _news_behind(text: str, moment: Moment) -> Callable[[int], bool]:
    """Whether what stands right behind a place promises news."""
    low, contact = folded(text), cues_of(moment.language)["contact"]
    return lambda at: contact.match(low[at:].lstrip()) is not None


def _alternatives(
    spans: list[DaySpan], core: tuple[Token, ...], news_behind: Callable[[int], bool]
) -> list[DaySpan]:
    """Reads "Thursday or Friday", "between Tuesday and Thursday": one span, from the first to the last of them."""
    merged: list[DaySpan] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last is not None and _joined(last, span, core, news_behind):
            merged[-1] = replace(
                last, end=span.end, latest=max(last.latest, span.latest), earliest=min(last.earliest, span.earliest),
                limits=last.limits | (span.limits & {"by"}), vague=last.vague or span.vague,
                bare=last.bare and span.bare, past=last.past and span.past, rule=f"{last.rule} or later",
            )  # fmt: skip
        else:
            merged.append(span)
    return merged


def _joined(
    last: DaySpan, span: DaySpan, core: tuple[Token, ...], news_behind: Callable[[int], bool]
) -> bool:
    """Reads "We finish on Monday and on Tuesday I call you" as two statements, not as one span."""
    between = [t for t in core if last.end <= t.start and t.end <= span.lead]
    if any(t.low.split()[0] in AND for t in between) and news_behind(span.end):
        return False
    return (
        0 < len(between) <= 2
        and all(t.kind in "BKD" for t in between)
        and any(t.kind == "B" for t in between)
    )
