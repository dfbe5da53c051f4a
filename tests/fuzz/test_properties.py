"""The properties under Hypothesis, for seconds; ``make fuzz`` has more time."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.properties import DOORS

WORDS = (
    "by ", "next ", "Friday", "end of ", "the week", "within ", "2 ", "business days", "March ", "31", "30.02.", "bis ", "Montag", "um ", "14 Uhr", "d'ici ",
    "lundi", "à 14 h", "antes del ", "viernes", "10:00", "25:61", "-", "/", "2026", "9999", "0", "am ", "pm", "ET", "UTC+99", "tomorrow", "\n", "> ",
    "On Mon wrote:\n", "-- \n", "Best,\n", "BEGIN:VEVENT\n", "END:VEVENT\n", "DTSTART:", "20260306T110000Z", "99991231T235959", "RRULE:FREQ=SECONDLY\n",
    "BEGIN:VCALENDAR\n", "DURATION:P", "W\n", "DTEND;TZID=", "=?utf-8?q?", "?=", "<a@b.example>", ",", '"', "(", "é", "\u200b", "\0", "dmarc=fail;", "Content-Type: ",
)  # fmt: skip
TEXT = st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=30).map(
    lambda pieces: "".join(pieces).encode("utf-8", "replace")
)


@pytest.mark.parametrize("door", sorted(DOORS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=TEXT | st.binary(max_size=80))
def test_it_holds_for_any_text(door: str, data: bytes) -> None:
    DOORS[door](data)
