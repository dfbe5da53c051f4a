"""``report``: one page, whole, escaped, and nothing from outside."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from agent.cli.report import _tame, span
from agent.cli.report_figures import answering, funnel
from agent.store.records import Conclusion
from tests.cli.conftest import DANA, MARIA, ME, START, World, mail

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "headless_shell",
)
LOADING = {
    "script",
    "link",
    "img",
    "iframe",
    "object",
    "embed",
    "video",
    "audio",
    "source",
    "base",
    "form",
    "svg",
}
VOID = {"meta", "br", "hr"}


class Page(HTMLParser):
    """Every element with its attributes; tags that do not match are an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def values(self, attribute: str) -> list[str]:
        return [str(attrs[attribute]) for _, attrs in self.elements if attribute in attrs]


def test_it_tells_the_state_of_the_hunt_with_its_evidence(synced: World) -> None:
    page = Page(synced.out("report"))
    for words in (
        ME,
        "Northwind: Data Analyst",
        "Harbour Labs: Shift Manager",
        "We will let you know our decision by Friday, March 13.",
        "en.invitation.invited",
        "2 business days past it is 2026-03-17",
        "Maria Lopez <maria.lopez@northwind.example>",
        "thank you to owen.reid@harbourlabs.example",
        "interview held",
        "6 messages examined",
    ):
        assert words in page.words
    links = [link for link in page.values("href") if not link.startswith("#")]
    assert links
    assert all(link.startswith(f"https://mail.google.com/mail/u/?authuser={ME}#all/") for link in links)


def test_it_is_valid_where_it_points_into_itself(synced: World) -> None:
    page = Page(synced.out("report"))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    inner = [link[1:] for link in page.values("href") if link.startswith("#")]
    assert set(inner) | set(page.values("aria-labelledby")) <= set(ids)


def test_it_loads_nothing_and_runs_nothing(synced: World) -> None:
    text = synced.out("report")
    page = Page(text)
    assert {tag for tag, _ in page.elements} & LOADING == set()
    assert not any(name.startswith("on") or name == "src" for _, attrs in page.elements for name in attrs)
    assert "url(" not in text
    assert "@import" not in text
    assert any("default-src 'none'" in content for content in page.values("content"))


def test_it_can_be_read_in_the_dark_and_on_paper(synced: World) -> None:
    text = synced.out("report")
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert {attrs.get("open", "shut") for tag, attrs in Page(text).elements if tag == "details"} == {None}


def test_it_escapes_whatever_a_mail_may_say(synced: World) -> None:
    evil = 'Ev<script>alert(1)</script>il"><img src=x onerror=y> & Söhne'
    said = "We will let you know our decision </q><iframe src=//x.example> by Friday, March 20."
    subject = "Re: Interview for Data Analyst at Northwind"
    more = mail("n5", "northwind", "2026-03-05T09:00:00-05:00", MARIA, f"Hi Dana,\n\n{said}\n", subject)
    synced.letters.deliver({**more, "in_reply_to": "n4"})
    synced.out("set", "northwind", f"company={evil}")
    synced.out("sync")
    page = Page(synced.out("report"))
    assert {tag for tag, _ in page.elements} & LOADING == set()
    assert 'Ev<script>alert(1)</script>il"><img src=x' in page.words
    assert "</q><iframe src=//x.example>" in page.words
    assert _tame("Acme \u202eGmbH\x1b[2J") == "Acme \\u202eGmbH\\u001b[2J"


def test_it_writes_a_private_file(synced: World) -> None:
    target = synced.folder / "hunt.html"
    code, out, err = synced.run("report", "--output", str(target))
    assert (code, out) == (0, "")
    assert str(target) in err
    assert target.read_text().startswith("<!DOCTYPE html>")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert synced.fails("report", "--output", str(synced.folder / "no" / "where.html"))[0] == 65


def test_it_is_a_page_before_the_first_sync(world: World) -> None:
    assert "nothing has been read yet" in Page(world.out("report")).words
    assert not world.database.exists()


def test_it_leaves_the_database_as_it_is(synced: World) -> None:
    before = synced.database.read_bytes()
    synced.clock.advance(timedelta(days=30))
    assert "follow up due" in Page(synced.out("report")).words
    assert synced.database.read_bytes() == before


def test_it_counts_the_ended_ones(synced: World) -> None:
    synced.out("close", "northwind")
    page = Page(synced.out("report"))
    assert "1 ended: 1 withdrawn." in page.words
    assert "Northwind: Data Analyst" in page.words


def test_it_gives_its_figures_to_scripts(synced: World) -> None:
    document = synced.json("report")
    assert [step["count"] for step in document["funnel"]] == [2, 2, 2, 0, 0]
    [northwind] = document["response_times"]  # Harbour Labs was only told yes
    assert (northwind["company"], northwind["answers"], northwind["median_hours"]) == ("Northwind", 1, 15.0)
    assert northwind["waiting_since"] is None


# ── figures ──


def conclusion(*letters: tuple[str, str, str], company: str = "Acme", turn: str = "theirs") -> Conclusion:
    """Letters are (day and hour, "me" or "them", kind of what was read)."""
    events = tuple(
        {"at": f"2026-03-{at}:00:00+00:00", "kind": kind, "message_id": at, "thread_id": "t", "rule": "r", "quote": "q", "from": by}
        for at, by, kind in letters
    )  # fmt: skip
    document = {"company": company, "turn": turn, "status": "waiting", "round": 1, "interviews": []}
    return Conclusion(company, "t", document, events, (), None)


def test_it_measures_from_the_first_of_my_messages_to_their_next() -> None:
    one = conclusion(
        ("01T10", "me", "follow_up"), ("01T12", "me", "sent"), ("03T10", "them", "holding"), ("04T10", "me", "thank_you"),
    )  # fmt: skip
    [row] = answering([one])
    assert row.hours == (48.0,)
    assert row.waiting_since == "2026-03-04T10:00:00+00:00"


@pytest.mark.parametrize("kind", ["out_of_office", "robot", "bounce", "acknowledgement"])
def test_it_takes_no_machine_for_an_answer(kind: str) -> None:
    [row] = answering(
        [conclusion(("01T10", "me", "follow_up"), ("01T11", "them", kind), ("02T10", "them", "holding"))]
    )
    assert row.hours == (24.0,)


def test_it_awaits_nothing_after_a_yes_or_when_the_move_is_mine() -> None:
    assert answering([conclusion(("01T10", "me", "acceptance"))]) == ()
    assert answering([conclusion(("01T10", "me", "sent"), turn="mine")]) == ()
    assert answering([conclusion(("01T10", "me", "sent"), company="")]) == ()


def test_it_puts_the_slowest_first_and_joins_what_is_one_employer() -> None:
    quick = conclusion(("01T10", "me", "sent"), ("01T11", "them", "holding"), company="Quick")
    slow = conclusion(("01T10", "me", "sent"), ("09T10", "them", "holding"), company="Slow")
    again = conclusion(("10T10", "me", "sent"), ("10T12", "them", "holding"), company="Quick")
    rows = answering([quick, slow, again])
    assert [(row.company, row.median_hours) for row in rows] == [("Slow", 192.0), ("Quick", 1.5)]


def test_it_counts_how_far_they_came() -> None:
    held = {"start": "2026-03-01T10:00:00+00:00", "end": "2026-03-01T11:00:00+00:00", "status": "confirmed"}
    off = {**held, "status": "cancelled"}
    ahead = {**held, "start": "2026-04-01T10:00:00+00:00", "end": "2026-04-01T11:00:00+00:00"}
    rows = [
        {"status": "offer", "round": 2, "interviews": [held]},
        {"status": "scheduled", "round": 1, "interviews": [ahead]},
        {"status": "cancelled", "round": 1, "interviews": [off]},
        {"status": "ignored", "round": 3, "interviews": [held]},
    ]
    assert [step.count for step in funnel(rows, START)] == [3, 2, 1, 1, 1]
    assert [step.share for step in funnel([], START)] == [0.0] * 5


@pytest.mark.parametrize(
    ("hours", "words"), [(None, ""), (0.25, "15 min"), (1.0, "1 h"), (26.4, "1 d 2 h"), (47.9, "2 d 0 h")]
)
def test_it_says_how_long_in_two_units(hours: float | None, words: str) -> None:
    assert span(hours) == words


# ── a real browser ──


@pytest.mark.process
def test_it_prints_in_a_browser_without_network(synced: World, tmp_path: Path) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("no Chromium on this machine")
    synced.letters.deliver(
        mail("n5", "northwind", "2026-03-05T09:00:00-05:00", MARIA, f"Hi {DANA},\n\nstill at it.\n", "Re: Interview for Data Analyst at Northwind", in_reply_to="n4")
    )  # fmt: skip
    page, paper = tmp_path / "hunt.html", tmp_path / "hunt.pdf"
    synced.out("report", "--output", str(page))
    line = [
        browser, "--headless", "--no-sandbox", "--disable-gpu",
        "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={tmp_path / 'profile'}",
    ]  # fmt: skip
    url = page.as_uri()
    dom = subprocess.run([*line, "--dump-dom", url], capture_output=True, text=True, timeout=60, check=True)
    assert "Northwind: Data Analyst" in re.sub(r"\s+", " ", dom.stdout)
    subprocess.run([*line, f"--print-to-pdf={paper}", url], capture_output=True, timeout=60, check=True)
    assert paper.read_bytes().startswith(b"%PDF-")
