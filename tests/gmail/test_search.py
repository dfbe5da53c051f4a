"""The queries are few, short, and made of the lexicon's words."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from agent.demo.mailbox import Mailbox
from agent.gmail.client import Gmail
from agent.gmail.search import Query, Words, first_queries, is_shared, lexicon_words, ranked, widen
from tests.demo.letters import START, letter, reply

AFTER = datetime(2026, 2, 1, tzinfo=UTC)
WORDS = Words(
    subject=("interview", "phone screen", "Vorstellungsgespräch", "Interview"),
    body=("your application", "entretien", "interview"),
    ats=("greenhouse.io", "hire.lever.co"),
    schedulers=("calendly.com",),
    calendar=("calendar-notification@google.com",),
    telling=("interview",),
    boards=("linkedin.com",),
    shared=frozenset({"greenhouse.io", "hire.lever.co", "calendly.com", "gmail.com", "linkedin.com"}),
)


def everything(words: Words) -> tuple[Query, ...]:
    people = [f"person{i}@host{i}.example" for i in range(200)]
    hosts = [f"employer{i}.example" for i in range(200)]
    names = [f"Employer Größe {i}" for i in range(100)]
    return first_queries(AFTER, words) + widen(people, hosts, AFTER, words, companies=names)


@pytest.mark.parametrize("words", [WORDS, lexicon_words(), lexicon_words(("en",)), Words()])
def test_it_keeps_every_query_short_and_bounded_in_time(words: Words) -> None:
    for query in everything(words):
        parameters = [("labelIds", label) for label in query.label_ids]
        address = urlencode([*parameters, ("q", query.q), ("maxResults", "500"), ("pageToken", "1" * 20)])
        assert len(query.q) <= 1500
        assert len(address) <= 1980  # with Gmail's host and path below 2,048
        assert f"after:{int(AFTER.timestamp())}" in query.q
        assert "-in:chats" in query.q
        assert query.q.count("{") == query.q.count("}") > 0
        assert query.q.count('"') % 2 == 0


def test_it_asks_a_handful_of_questions() -> None:
    queries = first_queries(AFTER, lexicon_words())
    assert len(queries) * 5 <= 200  # units
    assert len({query.q + str(query.label_ids) for query in queries}) == len(queries)


def test_it_asks_about_sent_mail_first_and_by_label() -> None:
    first = first_queries(AFTER, WORDS)[0]
    assert first.label_ids == ("SENT",)
    assert first.q.startswith('{subject:interview subject:"phone screen" subject:Vorstellungsgespräch} ')


def test_it_asks_broad_words_of_mail_between_people_only() -> None:
    for query in first_queries(AFTER, WORDS):
        if query.name in {"body", "subject", "telling-body", "telling-subject"}:
            assert "-category:promotions -category:social -category:forums" in query.q
        if query.name in {"body", "subject"}:
            assert "-{from:linkedin.com}" in query.q


def test_it_takes_every_word_of_the_lexicon_into_some_query() -> None:
    words = lexicon_words()
    asked = " ".join(query.q for query in first_queries(AFTER, words)).casefold()
    for word in words.body:
        assert word.casefold() in asked
    for host in (*words.ats, *words.schedulers, *words.calendar):
        assert f"from:{host}" in asked


def test_it_lets_no_word_become_an_operator() -> None:
    words = Words(body=('x" OR in:anywhere "', "{a} -b", "from:evil.example", "OR", "-x"))
    (query,) = [query for query in first_queries(AFTER, words) if query.name == "body"]
    group = query.q.partition("}")[0]
    assert group == '{"x OR in anywhere" "a -b" "from evil.example" "OR" "-x"'


FOUND: list[tuple[dict[str, Any], list[str]]] = [
    ({"subject": "Interview with Northwind"}, ["INBOX"]),
    ({"text": "Thank you for your application. We would like to meet you."}, ["INBOX"]),
    ({"subject": "Einladung zum Vorstellungsgespräch"}, ["INBOX"]),
    ({"subject": "Times?", "text": "Merci pour cet entretien"}, []),
    ({"subject": "New Event", "text": "30 minutes", "sender": "Calendly <no-reply@calendly.com>"}, ["INBOX"]),
    ({"subject": "Next step", "text": "Hello", "sender": "Acme <no-reply@us.greenhouse.io>"}, ["INBOX"]),
]
LEFT: list[tuple[dict[str, Any], list[str]]] = [
    ({"subject": "Dinner on Friday", "text": "Shall we?"}, ["INBOX"]),
    ({"subject": "Ace your interview: 20% off"}, ["INBOX", "CATEGORY_PROMOTIONS"]),
    (
        {"text": "jobs for you, your application", "sender": "LinkedIn <x@linkedin.com>", "subject": "New"},
        ["INBOX"],
    ),
]


def hits(gmail: Gmail, queries: tuple[Query, ...]) -> set[str]:
    return {
        gmail_id
        for query in queries
        for gmail_id, _ in gmail.list_messages(query=query.q, label_ids=query.label_ids)
    }


def test_it_finds_interviews_and_leaves_the_rest(gmail: Gmail, mailbox: Mailbox) -> None:
    made = [
        [
            mailbox.deliver(
                letter(**({"subject": "Hello"} | fields), message_id=f"{i}@{k}.example"), labels=labels
            )
            for i, (fields, labels) in enumerate(group)
        ]
        for k, group in (("in", FOUND), ("out", LEFT))
    ]
    mailbox.deliver(
        letter(subject="Old interview", message_id="old@x.example"), at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert hits(gmail, first_queries(AFTER, WORDS)) == set(made[0])


def test_it_widens_to_people_hosts_and_names_at_an_ats(gmail: Gmail, mailbox: Mailbox) -> None:
    def arrive(**fields: Any) -> str:
        fields = {"subject": "News", "text": "Unfortunately not."} | fields
        return mailbox.deliver(letter(**fields, message_id=f"{len(fields)}{fields['sender'][:9]}@x.example"))

    person = arrive(sender="Maria <maria@gmail.com>")
    colleague = arrive(sender="Ben <ben@mail.northwind.example>")
    robot = arrive(sender="Acme <no-reply@greenhouse.io>", text="Acme Robotics will not go on.")
    arrive(sender="Aunt <aunt@gmail.com>")
    arrive(sender="Other <no-reply@greenhouse.io>", subject="x", text="Another employer.")
    mine = mailbox.deliver(reply("Thanks", subject="Hello", answers=None), labels=["SENT"])
    queries = widen(
        ["maria@gmail.com"],
        ["northwind.example", "gmail.com", "us.greenhouse.io"],
        AFTER,
        WORDS,
        companies=["Acme Robotics"],
    )
    assert hits(gmail, queries) == {person, colleague, robot, mine}


@pytest.mark.parametrize("host", ["greenhouse.io", "us.greenhouse.io", "GMAIL.com"])
def test_it_knows_hosts_that_many_share(host: str) -> None:
    assert is_shared(host, WORDS)
    assert widen([], [host], AFTER, WORDS) == ()


def test_it_knows_an_employers_own_host() -> None:
    assert not is_shared("notgreenhouse.io", WORDS)
    assert not is_shared("io", WORDS)


def test_it_puts_no_odd_address_into_a_query() -> None:
    assert (
        widen(["a@b.example OR in:anywhere", '"x"@y.example', "x"], ["-evil", "a b.c", ""], AFTER, WORDS)
        == ()
    )


def test_it_ranks_threads_by_the_kinds_of_query_that_speak_for_them() -> None:
    sent, body, again = Query("sent-subject", "", weight=4), Query("body", ""), Query("body", " ")
    assert ranked([(body, "a"), (again, "a"), (body, "b"), (sent, "b"), (body, "c")]) == ("b", "a", "c")
    assert ranked([]) == ()


def test_it_asks_from_the_beginning_of_the_period(connect: Callable[..., Gmail], mailbox: Mailbox) -> None:
    mailbox.deliver(letter(), at=START)
    found = [hits(connect(), first_queries(at, WORDS)) for at in (START, START.replace(minute=1))]
    assert [len(one) for one in found] == [1, 0]
