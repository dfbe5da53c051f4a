"""The story that comes with the program, and what the mailbox makes of it."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses
from pathlib import Path

import pytest

from agent.demo.hunt import Act, Story, sample_story, story
from agent.demo.hunt_play import Happening, Hunt
from agent.demo.hunt_takeout import write_takeout
from agent.demo.mbox import read_mbox

FRAME = {
    "name": "Robin Vale",
    "address": "robin@mailbox.example",
    "time_zone": "America/New_York",
    "holidays": "US",
    "first_day": datetime(2026, 3, 6).date(),  # noqa: DTZ001 (a TOML date)
    "last_day": datetime(2026, 3, 8).date(),  # noqa: DTZ001 (a TOML date)
    "turns": [datetime(2026, 3, 6, 9).time(), datetime(2026, 3, 6, 18).time()],  # noqa: DTZ001 (a TOML time)
    "weekend_turns": [datetime(2026, 3, 6, 18).time()],  # noqa: DTZ001 (a TOML time)
}
LUNCH = datetime(2026, 3, 6, 12, 30)  # noqa: DTZ001 (a TOML time without offset)


def small(*steps: dict[str, object]) -> Story:
    chapter = {"subject": "Interview", "person": "Ana Ruiz <ana@linden.example>", "step": list(steps)}
    return story(FRAME, {"linden": chapter})


def everything(hunt: Hunt) -> list[Happening]:
    return list(hunt.until(hunt.story.turns[-1] + timedelta(days=1)))


def letters(hunt: Hunt) -> list[EmailMessage]:
    raws = [stored.mail.raw for stored in reversed(hunt.mailbox.ledger.newest_first())]
    return [BytesParser(policy=default).parsebytes(raw) for raw in raws]


@pytest.fixture(scope="module")
def sample() -> Story:
    return sample_story()


def test_it_tells_of_at_least_eight_employers_over_seven_weeks(sample: Story) -> None:
    assert len({step.story for step in sample.steps if not step.noise}) >= 8
    assert sample.last_day - sample.first_day >= timedelta(weeks=6, days=4)
    assert {step.act for step in sample.steps} == set(Act)
    assert {"de", "fr"} <= {step.language for step in sample.steps}


def test_it_says_every_mail_in_a_few_words(sample: Story) -> None:
    assert [step for step in sample.steps if step.act in {Act.MAIL, Act.MINE} and not step.gist] == []


def test_it_invents_everybody(sample: Story) -> None:
    vendors = {"linkedin.com", "jobalert.indeed.com", "us.greenhouse-mail.io"}
    domains = {
        address.rpartition("@")[2] for step in sample.steps for _, address in getaddresses([step.person])
    }
    assert {domain for domain in domains - vendors if not domain.endswith(".example")} == set()


def test_it_lets_the_agent_turn_once_a_day_at_weekends() -> None:
    assert [f"{at:%a %H:%M %z}" for at in small().turns] == [
        "Fri 09:00 -0500",
        "Fri 18:00 -0500",
        "Sat 18:00 -0500",
        "Sun 18:00 -0400",  # the clocks go forward
    ]


def test_it_does_what_is_due_and_moves_the_clock() -> None:
    hunt = Hunt(small({"at": LUNCH, "act": "mail", "text": "Hello"}))
    first, second, *_ = hunt.story.turns
    assert list(hunt.until(first)) == []
    assert hunt.clock() == first
    assert [one.subject for one in hunt.until(second)] == ["Interview"]
    assert list(hunt.until(second)) == []
    assert hunt.clock() == second


def test_it_answers_the_last_letter_of_the_thread_and_quotes_it() -> None:
    hunt = Hunt(
        small(
            {"at": LUNCH, "act": "mail", "text": "Can you come on Friday?\n"},
            {"at": LUNCH + timedelta(hours=1), "act": "mine", "text": "I can.\n"},
        )
    )
    everything(hunt)
    first, second = letters(hunt)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert second["Subject"] == "Re: Interview"
    assert second["To"] == "Ana Ruiz <ana@linden.example>"
    text = second.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == (
        "I can.\n\nOn Fri, Mar 6, 2026 at 12:30 PM Ana Ruiz <ana@linden.example> wrote:\n\n> Can you come on Friday?\n"
    )
    assert len(hunt.mailbox.ledger.threads()) == 1


def test_it_sends_a_calendar_part_as_an_alternative_of_the_text() -> None:
    invite = {"uid": "i1", "sequence": 2, "start": LUNCH, "minutes": 45, "summary": "Interview, first round"}
    hunt = Hunt(small({"at": LUNCH, "act": "mail", "text": "See the invitation", "invite": invite}))
    everything(hunt)
    (made,) = letters(hunt)
    assert made.get_content_type() == "multipart/alternative"
    (part,) = [one for one in made.walk() if one.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    lines = part.get_content().splitlines()
    assert {"SEQUENCE:2", "DTSTART:20260306T173000Z", "DTEND:20260306T181500Z"} <= set(lines)
    assert "SUMMARY:Interview\\, first round" in lines


def test_it_says_when_the_draft_the_user_looks_for_is_not_there() -> None:
    hunt = Hunt(small({"at": LUNCH, "act": "mail"}, {"at": LUNCH + timedelta(hours=1), "act": "send"}))
    assert [one.missed for one in everything(hunt)] == [False, True]


@pytest.mark.parametrize(("act", "left", "in_thread"), [("send", 0, 2), ("edit", 1, 2), ("discard", 0, 1)])
def test_it_handles_the_draft_in_the_thread(act: str, left: int, in_thread: int) -> None:
    later = {"at": LUNCH + timedelta(days=1), "act": act, "append": "P.S."}
    hunt = Hunt(small({"at": LUNCH, "act": "mail"}, later))
    list(hunt.until(LUNCH.replace(tzinfo=UTC) + timedelta(hours=8)))
    thread = hunt.mailbox.thread_of("linden")
    hunt.mailbox.user_draft(
        b"To: ana@linden.example\r\nSubject: Re: Interview\r\n\r\nThanks", thread_id=thread
    )
    assert [one.missed for one in everything(hunt)] == [False]
    assert len(hunt.mailbox.ledger.drafts) == left
    assert len(hunt.mailbox.ledger.thread(thread)) == in_thread


def test_it_finds_a_draft_by_its_addressee_in_any_thread() -> None:
    step = {"at": LUNCH, "act": "send", "draft_to": "grace@linden.example"}
    hunt = Hunt(small(step))
    for who in ("grace", "ana"):
        hunt.mailbox.user_draft(f"To: {who}@linden.example\r\nSubject: Thanks\r\n\r\nThanks".encode())
    everything(hunt)
    (left,) = hunt.mailbox.ledger.drafts
    assert hunt.mailbox.message_of(left).mail.header("To") == "ana@linden.example"


def test_it_writes_an_mbox_that_reads_back(tmp_path: Path, sample: Story) -> None:
    hunt = Hunt(sample)
    everything(hunt)
    list(hunt.until(sample.turns[-1]))
    count = write_takeout(hunt.mailbox, tmp_path / "mail.mbox")
    reader = read_mbox(tmp_path / "mail.mbox")
    read = list(reader)
    held = list(reversed(hunt.mailbox.ledger.newest_first()))
    assert (len(read), reader.skipped) == (count, 0)
    assert [one.thread_id for one in read] == [stored.thread_id for stored in held]
    assert [frozenset(one.labels) for one in read] == [stored.labels for stored in held]
    assert [one.at for one in read] == [stored.at for stored in held]
    for one, stored in zip(read, held, strict=True):
        assert one.raw.split() == stored.mail.raw.split()
