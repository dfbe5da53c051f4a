"""Date sentences held against their gold day: the tables in ``tests/data``, conventions as their notes say."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from agent.core.dates.deadlines import deadlines
from tests.scenarios.player import Check

DATA = Path(__file__).parent / "data"
TABLES = (
    "deadline-sentences.tsv", "date-sentences-blind.tsv", "promise-sentences-blind.tsv", "promise-sentences-blind-b.tsv", "promise-sentences-blind-c.tsv",
    "promise-sentences-s3.tsv",
)  # fmt: skip
ONLY_PROMISES = (
    "promise"  # tables of this name say "none" where the employer promises nothing, whatever is asked
)


def checks() -> Iterator[Check]:
    """One check a sentence; the category is its language, false friends apart."""
    for name in TABLES:
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield _check(
                    row["sentence"], datetime.fromisoformat(row["reference"]), row["gold"], row["note"] or "",
                    promises=name.startswith(ONLY_PROMISES),
                )  # fmt: skip


def _check(sentence: str, reference: datetime, gold: str, note: str, *, promises: bool) -> Check:
    found = re.match(r"(de|fr|es|it)\b", note)
    language = found[1] if found else "en"
    offset = reference.utcoffset() or timedelta()
    local = {"de": "DE", "fr": "FR", "es": "ES", "it": "IT"}.get(language, "GB")
    american = offset <= timedelta(hours=-4) or "(US" in note
    read = deadlines(sentence, written=reference, language=language, holidays="US" if american else local)
    got = max((d.latest for d in read if not promises or d.party == "employer"), default=None)
    if gold == "none":
        return Check(f"{language} false friend", got is None, sentence, f"{got}")
    first, last = _tolerated(date.fromisoformat(gold), note)
    holds = got is not None and first <= got <= last
    return Check(f"{language} sentence", holds, sentence, f"{got}, not {gold}")


def _tolerated(gold: date, note: str) -> tuple[date, date]:
    found = re.search(r"tolerance (\d+) days? (earlier|later|either way)", note)
    if found is None:
        return gold, gold
    slack = timedelta(days=int(found[1]))
    return gold - slack * (found[2] != "later"), gold + slack * (found[2] != "earlier")
