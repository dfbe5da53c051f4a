"""The day of return named in an out-of-office reply, in the four languages."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from itertools import zip_longest

from agent.core.meaning.statements import sentences

_MONTHS = (
    "january jan januar jänner janvier janv enero ene", "february feb februar février févr fevrier febrero",
    "march mar märz mrz maerz mars marzo", "april apr avril avr abril abr", "may mai mayo",
    "june jun juni juin junio", "july jul juli juillet juil julio", "august aug août aout agosto ago",
    "september sep sept septembre septiembre set", "october oct oktober okt octobre octubre",
    "november nov novembre noviembre", "december dec dezember dez décembre decembre diciembre dic",
)  # fmt: skip
_WEEKDAYS = (
    "monday mon montag lundi lunes", "tuesday tue tues dienstag mardi martes", "wednesday wed mittwoch mercredi miércoles miercoles",
    "thursday thu thur thurs donnerstag jeudi jueves", "friday fri freitag vendredi viernes", "saturday sat samstag samedi sábado sabado",
    "sunday sun sonntag dimanche domingo",
)  # fmt: skip


@cache
def _numbers(groups: tuple[str, ...]) -> dict[str, int]:
    return {word: number for number, group in enumerate(groups) for word in group.split()}


_MONTH = "|".join(sorted((w for group in _MONTHS for w in group.split()), key=len, reverse=True))
_WEEKDAY = "|".join(sorted((w for group in _WEEKDAYS for w in group.split()), key=len, reverse=True))
_DATE = re.compile(
    rf"(?P<iso>\b20\d\d-\d\d-\d\d\b)"
    rf"|\b(?P<day1>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s*(?:de\s+|of\s+)?(?P<month1>{_MONTH})\b\.?(?:,?\s*(?:de\s+|del\s+)?(?P<year1>20\d\d))?"
    rf"|\b(?P<month2>{_MONTH})\b\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year2>20\d\d))?"
    rf"|\b(?P<a>\d{{1,2}})(?P<sep>[./-])(?P<b>\d{{1,2}})(?:(?P=sep)(?P<year3>\d{{4}}|\d\d)|\.)?(?!\d|:)"
    rf"|\b(?:the|el|le)\s+(?P<day3>\d{{1,2}})(?:st|nd|rd|th|er)?\b(?!\s*[:h])(?!\s+(?:de\s+|of\s+)?(?:{_MONTH})\b)"
    rf"|\b(?P<weekday>{_WEEKDAY})\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:back|return(?:ing|s)?|available again|resum\w+|wieder|zurück|rückkehr|de retour|mon retour|reprise|reprendrai|regreso|vuelta|vuelvo|volver\w*|"
    r"reincorpor\w*|de nuevo disponible|disponible a partir|erreichbar ab|ab dem|à partir d[ue]|a partir del)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:until|till|til|through|thru|bis|jusqu['’]?(?:au|à)?|hasta)\b|\bto\b|[–—]", re.IGNORECASE
)
_SAME_DAY = 8  # characters between a weekday and the date it belongs to
_INCLUSIVE = re.compile(
    r"\b(?:through|thru|inclusive|including|einschließlich|einschl|inkl|inclus|inclusive|incluido|ambos inclu)\b|\bund mit\b",
    re.IGNORECASE,
)


def return_date(text: str, *, written: date, day_first: bool = True) -> date | None:
    """The day somebody says they will be back, read in their own calendar; None if none is named.

    "Back on" outranks "until"; "through", "einschließlich" and the like name the last day away.
    """
    pieces = [sentence.written for sentence in sentences(text[:4000])]
    for cue, days in ((_BACK, 0), (_UNTIL, 0)):
        for piece in pieces:
            found = _after(cue, piece, written, day_first=day_first)
            if found:
                extra = 1 if cue is _UNTIL and _INCLUSIVE.search(piece) else days
                return found + timedelta(days=extra)
    return None


def _after(cue: re.Pattern[str], piece: str, written: date, *, day_first: bool) -> date | None:
    for match in cue.finditer(piece):
        for region in (
            piece[match.end() : match.end() + 60],
            piece[max(0, match.start() - 40) : match.start()],
        ):
            found = _first_date(region, written, day_first=day_first)
            if found:
                return found
            if cue is _UNTIL:
                break
    return None


def _first_date(region: str, written: date, *, day_first: bool) -> date | None:
    """The first date of a few words; "Monday June 29" names one day twice, and the full date wins."""
    matches = list(_DATE.finditer(region))
    for match, following in zip_longest(matches, matches[1:]):
        doubled = match["weekday"] and following and following.start() - match.end() <= _SAME_DAY
        found = _resolved(following if doubled and following else match, written, day_first=day_first)
        if found:
            return found
    return None


def _resolved(match: re.Match[str], written: date, *, day_first: bool) -> date | None:
    parts = match.groupdict()
    try:
        if parts["iso"]:
            return date.fromisoformat(parts["iso"])
        if parts["weekday"]:
            return _next_weekday(_numbers(_WEEKDAYS)[parts["weekday"].lower()], written)
        if parts["day3"]:
            return _next_day_of_month(int(parts["day3"]), written)
        if parts["a"]:
            return _numeric(
                int(parts["a"]),
                int(parts["b"]),
                parts["year3"],
                written,
                day_first=day_first or parts["sep"] == ".",
            )
        month = _numbers(_MONTHS)[(parts["month1"] or parts["month2"]).lower()] + 1
        return _in_year(month, int(parts["day1"] or parts["day2"]), parts["year1"] or parts["year2"], written)
    except ValueError:
        return None


def _next_weekday(weekday: int, written: date) -> date:
    return written + timedelta(days=(weekday - written.weekday()) % 7 or 7)


def _next_day_of_month(day: int, written: date) -> date | None:
    for offset in range(32):
        candidate = written + timedelta(days=offset)
        if candidate.day == day:
            return candidate
    return None


def _numeric(first: int, second: int, year: str | None, written: date, *, day_first: bool) -> date:
    day, month = (first, second) if (day_first or first > 12) and second <= 12 else (second, first)
    return _in_year(month, day, year, written)


def _in_year(month: int, day: int, year: str | None, written: date) -> date:
    if year:
        return date(int(year) % 100 + 2000, month, day)
    this = date(written.year, month, day)
    return this if this >= written - timedelta(days=60) else date(written.year + 1, month, day)
