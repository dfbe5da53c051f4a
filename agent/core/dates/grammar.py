"""Patterns over the token classes (``tokens``) → days. One table serves all languages: word order is in the patterns.

Each row reads: name, pattern over the class letters, and what it means. At every place the longest match wins.
"""

from __future__ import annotations

import re

from agent.core.dates.days import Meaning
from agent.core.dates.durations import duration, duration_from, mixed_duration, next_span
from agent.core.dates.periods import (
    abbreviated_end,
    calendar_week,
    counted_quarter,
    counted_week,
    counted_weekday,
    holiday,
    named_month,
    named_weekend,
    period,
    quarter,
    week_of,
    weekday_after_holiday,
    within_unit,
)
from agent.core.dates.single import (
    end_of_day,
    month_range,
    next_to,
    ordinal,
    relative,
    weekday,
    weekday_in_week,
    weekday_in_weeks,
    weekday_week,
    which_weekday,
    written,
)

DATE = "(?:I|[NO]MY?|M[NO]Y?)"
ROWS: tuple[tuple[str, str, Meaning], ...] = (
    ("date", f"W?D?L?IY?|X?W?{DATE}", written),
    ("date", f"{DATE}W(?!X)", written),
    ("date range", "W?(?:M[NO]B+[NO]Y?|[NO]B+[NO]MY?)", month_range),
    ("weekday and day", "X?WO|WN(?![UMKN]|B[KN])|W[LB]?O", ordinal),
    ("day of month", "O(?![UMP])", ordinal),
    ("weekday", "W", weekday),
    ("weekday", "PW", weekday),
    ("which weekday", "P?XW|P?WX(?!U)", which_weekday),
    ("weekday in week", "WL?XU|WUX|XUL?W|UXL?W", weekday_in_week),
    ("weekday week", "WU|RU", weekday_week),
    ("weekday in weeks", "[WR]L[Na]U|[WR]LN(?![UMKN]|B[NaK])", weekday_in_weeks),
    ("counted weekday", "(?:O|X)W(?:L?X?MY?|L?XU|L?U|UX)", counted_weekday),
    ("relative day", "P?X?R", relative),
    ("next to", "RBL", next_to),
    ("within the unit", "U", within_unit),
    ("end of day", "X?D", end_of_day),
    ("period", "P?XU|P?UX|PU|XL?PU?|PL?X|XUP|XP", period),
    ("end", "EL?XU?|XE|E|EU", abbreviated_end),
    ("month", "P?X?MY?|MX|MP", named_month),
    ("counted week", "(?:O|X)U(?:L?X?M|L?XU|L?U)", counted_week),
    ("quarter", "P?QY?|QP", quarter),
    ("counted quarter", "P?OU", counted_quarter),
    ("week of", f"X?UL?V?W?(?:{DATE}|O|N(?![UMK]))|V(?:W?{DATE}|W?O)", week_of),
    ("calendar week", "P?C", calendar_week),
    ("holiday", "X?HX?|PH", holiday),
    ("named weekend", "X?HH", named_weekend),
    ("weekday after holiday", "WL?H", weekday_after_holiday),
    ("duration", "[Na]?[Na](?:B[Na])?U(?:B[Na])?|NBaU", duration),
    ("duration of two units", "[Na]UB+[Na]U", mixed_duration),
    ("coming", "X[Na](?:B[Na])?U|NXU|NUX|XaUBN|XUBN|aXU", next_span),
    ("duration from", f"[Na](?:B[Na])?U(?:L+(?:W?{DATE}|WO|W|R|O)|[WR](?![WMNO]))", duration_from),
)
PATTERNS = tuple((name, re.compile(pattern), meaning) for name, pattern, meaning in ROWS)
