"""First letters of recruiters of all trades: position and company come out as a human would say them."""

from pathlib import Path

import pytest

from tests.core.post import INVITED, found, letter

_ROWS = [
    line.split("\t")
    for line in Path(__file__).with_name("openings.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(
    ("language", "sender", "subject", "text", "sign", "positions", "companies"),
    _ROWS,
    ids=[row[2][:40] for row in _ROWS],
)
def test_it_reads_position_and_company_as_a_human_would(
    language: str, sender: str, subject: str, text: str, sign: str, positions: str, companies: str
) -> None:
    signed = sign.replace(" / ", "\n")
    (one,) = found(
        letter("a", "t", sender, subject, text, INVITED, sign=signed, language=language, timed=True)
    )
    assert one.position.lower() in positions.lower().split("|")
    assert one.company.lower() in companies.lower().split("|")
