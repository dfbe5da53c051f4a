"""The demo, played once to its end, and the same for somebody's own mbox."""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from agent.cli import main
from agent.demo.hunt import sample_story
from agent.demo.hunt_play import Hunt
from agent.demo.hunt_takeout import write_takeout

Json = dict[str, Any]


class Played(NamedTuple):
    document: Json
    folder: Path

    def events(self) -> list[Json]:
        return [event for day in self.document["days"] for event in day["events"]]

    def status(self) -> dict[str, str]:
        """Each employer's status, under the first word of its domain."""
        return {house(c): c["status"] for c in self.document["candidacies"]}

    def houses(self) -> dict[str, str]:
        return {c["id"]: house(c) for c in self.document["candidacies"]}

    def drafts(self, kind: str) -> list[tuple[str, int, str]]:
        """House, step and day of each draft of a kind."""
        made = [draft for draft in self.document["drafts"] if draft["kind"] == kind]
        return [(self.houses()[d["candidacy"]], d["step"], d["created_at"][:10]) for d in made]


def house(candidacy: Json) -> str:
    """The employer's domain to its first dot or dash; names of firms may be shortened by the program."""
    (domain,) = {contact["address"].rpartition("@")[2] for contact in candidacy["contacts"]}
    return str(re.split(r"[-.]", domain)[0])


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The sample hunt, kept; played once for all tests of this module, since it takes seconds."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    code, out, err = run("demo", "--json", "--keep", str(folder))
    assert (code, err) == (0, "")
    return Played(json.loads(out), folder)


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of the program."""
    import io
    from contextlib import redirect_stderr, redirect_stdout

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(arguments, sleep=lambda _: None)
    return code, out.getvalue(), err.getvalue()


def test_it_never_sends(played: Played) -> None:
    assert played.document["attempts_to_send"] == 0


def test_it_meets_no_problem_and_misses_no_draft(played: Played) -> None:
    assert [event for event in played.events() if event["what"] in {"problem", "missed"}] == []
    assert [c["company"] for c in played.document["candidacies"] if c["needs_review"]] == []


def test_it_ends_where_the_story_ends(played: Played) -> None:
    assert played.status() == {
        "lindengrove": "offer",
        "brightwater": "rejected",
        "maplestreetschool": "rejected",
        "nordhafen": "rejected",
        "gableandfinch": "withdrawn",
        "voltway": "on_hold",
        "pinecrest": "moved_on",
        "copperladle": "waiting",
        "fenwick": "your_turn",
        "rivertown": "thank_you_due",
        "maison": "scheduled",
    }


def test_it_shows_every_kind_of_event(played: Played) -> None:
    agent = Counter(event["what"] for event in played.events() if event["who"] == "agent")
    assert {"status", "draft", "withdrawn", "discarded", "edited", "interview", "next"} <= agent.keys()
    assert {e["what"] for e in played.events() if e["who"] == "you"} >= {"mine", "send", "edit", "discard"}
    fates = Counter((d["kind"], d["state"]) for d in played.document["drafts"])
    assert fates["follow_up", "withdrawn"] >= 2
    assert fates["thank_you", "discarded"] == 1
    assert fates["thank_you", "open"] == 1
    assert fates["follow_up", "sent"] >= 5
    assert fates["thank_you", "sent"] >= 6


def test_it_makes_no_thank_you_where_one_was_written_by_hand(played: Played) -> None:
    assert {"brightwater", "nordhafen"} & {name for name, *_ in played.drafts("thank_you")} == set()


def test_it_waits_for_a_promise_and_not_a_day_longer(played: Played) -> None:
    made = played.drafts("follow_up")
    assert (
        "brightwater",
        1,
        "2026-03-17",
    ) in made  # the end of next week, said on March 4, and two days
    assert ("nordhafen", 1, "2026-03-31") in made
    assert ("fenwick", 2, "2026-04-07") in made  # back on April 6
    assert "lindengrove" not in {name for name, *_ in made}  # the promise was kept


def test_it_takes_the_draft_back_when_an_answer_comes(played: Played) -> None:
    answered = [e for e in played.events() if e["what"] == "withdrawn"]
    assert {played.houses()[e["candidacy"]] for e in answered} == {"copperladle", "nordhafen"}
    assert all("answered" in e["because"] for e in answered)


def test_it_writes_german_to_germans(played: Played) -> None:
    (first, *_) = [d for d in played.document["drafts"] if played.houses()[d["candidacy"]] == "nordhafen"]
    assert first["text"].startswith("Guten Tag Frau Brandt,")
    assert first["subject"].startswith("AW: Einladung zum Vorstellungsgespräch")


def test_it_takes_no_noise_for_a_candidacy(played: Played) -> None:
    assert len(played.document["candidacies"]) == 11


def test_it_keeps_what_one_needs_to_look_further(played: Played) -> None:
    config = str(played.folder / "config.toml")
    assert (played.folder / "config.toml").stat().st_mode & 0o777 == 0o600
    code, out, _ = run("--config", config, "status", "--all", "--json")
    assert code == 0
    assert len(json.loads(out)["candidacies"]) == 11
    for verb in ("show", "why"):
        code, out, _ = run("--config", config, verb, "pinecrest")
        assert code == 0
        assert "Pinecrest Analytics" in out


def test_it_says_that_the_kept_gmail_is_gone(played: Played) -> None:
    code, _, _ = run("--config", str(played.folder / "config.toml"), "sync")
    assert code == 69


def test_it_keeps_nothing_where_something_lies_already(played: Played) -> None:
    code, out, err = run("demo", "--keep", str(played.folder))
    assert (code, out) == (65, "")
    assert "not empty" in err


# ── one's own mail ──


def test_it_reads_the_kept_mailbox_as_anybodys_mbox(played: Played) -> None:
    code, out, err = run("demo", "--json", "--mbox", str(played.folder / "mailbox.mbox"))
    document = json.loads(out)
    assert code == 0
    assert "robin.vale@mailbox.example" in err
    assert document["account"] == "robin.vale@mailbox.example"
    assert document["messages_skipped"] == 0
    assert {house(c): c["status"] for c in document["candidacies"]} == played.status()


@pytest.fixture
def early(tmp_path: Path) -> Path:
    """The first days of the hunt as an mbox file: an interview on Thursday at eleven, no thank-you."""
    hunt = Hunt(sample_story())
    list(hunt.until(hunt.story.turns[7]))
    write_takeout(hunt.mailbox, tmp_path / "own.mbox")
    return tmp_path / "own.mbox"


def test_it_prints_table_and_drafts_of_an_mbox(early: Path) -> None:
    code, out, err = run("demo", "--mbox", str(early), "--now", "2026-03-05T18:00:00-05:00")
    assert code == 0
    assert "Pinecrest Analytics" in out
    assert "To: priya.raman@pinecrest-analytics.example" in out
    assert "Hi Priya," in out
    assert "your mailbox was not touched" in out
    assert "skipped" not in err


def test_it_counts_what_cannot_be_read(early: Path) -> None:
    with early.open("ab") as file:
        file.write(b"From 1@xxx Mon Mar 02 09:14:00 +0000 2026\n\x00\x01\n\n")
    code, _, err = run("demo", "--mbox", str(early))
    assert code == 0
    assert "skipped because they cannot be read: 1" in err


def test_it_takes_what_the_account_sent_as_sent_where_there_are_no_labels(early: Path) -> None:
    plain = [line for line in early.read_bytes().split(b"\n") if not line.startswith((b"X-G", b"X-GM"))]
    early.write_bytes(b"\n".join(plain))
    code, _, err = run("demo", "--mbox", str(early))
    assert code == 65
    assert "--address" in err
    code, out, _ = run("demo", "--mbox", str(early), "--address", "Robin.Vale@mailbox.example", "--json")
    assert code == 0
    assert {house(c) for c in json.loads(out)["candidacies"]} >= {"brightwater", "pinecrest"}


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 a zip, not an mbox", b"From nobody at all\n\n"])
def test_it_advises_when_the_file_is_no_mbox(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "mail.mbox"
    if content is not None:
        path.write_bytes(content)
    code, out, err = run("demo", "--mbox", str(path))
    assert (code, out) == (65, "")
    assert "Takeout" in err


def test_it_wants_an_mbox_for_its_address() -> None:
    code, _, err = run("demo", "--address", "me@mailbox.example")
    assert code == 2
    assert "--mbox" in err


def test_it_names_the_extra_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("werkzeug", "agent.demo.server"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "werkzeug", None)
    code, out, err = run("demo")
    assert (code, out) == (2, "")
    assert 'pip install "interview-followup-agent[demo]"' in err


def test_it_is_not_impressed_by_a_hostile_sender(tmp_path: Path) -> None:
    path = tmp_path / "mail.mbox"
    path.write_bytes(
        b"From 1@xxx Mon Mar 02 09:14:00 +0000 2026\nX-GM-THRID: 1\nX-Gmail-Labels: Sent\n"
        b'From: "a\x7f\x1b[2J" <robin@mailbox.example>\nTo: ana@linden.example\nSubject: \x1b[2J\n\nHi\n\n'
    )
    code, out, err = run("demo", "--mbox", str(path))
    assert code == 0
    assert "\x1b" not in out + err
    assert "robin@mailbox.example" in err


def test_it_refuses_what_is_no_address(early: Path) -> None:
    code, _, err = run("demo", "--mbox", str(early), "--address", "robin")
    assert code == 65
    assert "is not an address" in err
