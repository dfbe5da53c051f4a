"""Which messages belong together: every way of joining, and every trap that must not join."""

import random
import time

from agent.core.model import Candidacy, Reading
from agent.core.people import linking, parties
from agent.core.people.linking import candidacy_id
from tests.core.post import DANA, INVITED, found, invite, letter, mine, note

REJECTED = ("ats", "rejection", "job_topic")


def _interview(
    thread: str, sender: str, position: str, *, key: str = "", day: float = 0, sign: str = ""
) -> Reading:
    text = f"Hello Dana, we would like to interview you for the {position} role on Tuesday at 2."
    return letter(
        key or f"{thread}-1",
        thread,
        sender,
        f"Interview - {position}",
        text,
        INVITED,
        day=day,
        sign=sign,
        timed=True,
    )


def _threads(candidacies: tuple[Candidacy, ...]) -> list[set[str]]:
    return [set(c.thread_ids) for c in candidacies]


def _by(candidacy: Candidacy, thread: str) -> str:
    return next(link.by for link in candidacy.links if link.thread_id == thread)


ACME = "Ann Lee <ann.lee@acmewidgets.example>"


# ── what joins ──


def test_it_joins_a_new_thread_that_answers_an_old_message() -> None:
    (one,) = found(
        _interview("t1", ACME, "Data Engineer"),
        letter("b", "t2", "Bo <bo@other.example>", "Your day with us", "See you!", answers="t1-1", day=1),
    )
    assert set(one.thread_ids) == {"t1", "t2"}
    assert _by(one, "t2") == "references"


def test_it_joins_mails_about_the_same_event() -> None:
    event = invite("Interview", ACME, uid="e1")
    moved = invite("Interview (new time)", ACME, uid="e1", day=5)
    (one,) = found(
        letter(
            "a", "t1", ACME, "Invitation: Interview", "", ("interview_topic", "job_topic"), invites=[event]
        ),
        letter(
            "b",
            "t2",
            "Google Calendar <calendar-notification@google.com>",
            "Updated",
            "",
            ("reschedule",),
            invites=[moved],
            day=1,
        ),
    )
    assert set(one.thread_ids) == {"t1", "t2"}
    assert _by(one, "t2") == "uid"


def test_it_joins_threads_of_one_employer_about_one_position() -> None:
    (one,) = found(
        _interview("t1", ACME, "Data Engineer"),
        _interview("t2", "Bo Ray <bo@mail.acmewidgets.example>", "Data Engineer", day=7),
    )
    assert set(one.thread_ids) == {"t1", "t2"}
    assert (_by(one, "t1"), _by(one, "t2")) == ("thread", "employer")


def test_it_joins_a_thread_that_names_no_position_to_the_only_candidacy() -> None:
    (one,) = found(
        _interview("t1", ACME, "Data Engineer"),
        letter(
            "b", "t2", ACME, "Thursday", "Could you send two references?", ("question", "job_topic"), day=3
        ),
    )
    assert set(one.thread_ids) == {"t1", "t2"}


def test_it_joins_a_known_person_even_where_the_words_are_about_nothing() -> None:
    (one,) = found(
        _interview("t1", ACME, "Data Engineer"),
        letter("b", "t2", ACME, "parking", "Use the gate on Mill Lane.", day=1),
    )
    assert _by(one, "t2") == "participant"


def test_it_joins_the_tracking_systems_refusal_by_the_employers_name() -> None:
    refusal = letter(
        "b",
        "t2",
        "Beacon Street Labs Recruiting <no-reply@us.greenhouse-mail.io>",
        "Your candidacy at Beacon Street Labs",
        "about the Data Engineer position",
        REJECTED,
        day=9,
    )
    (one,) = found(_interview("t1", "Rob <rob@beaconstreetlabs.example>", "Data Engineer"), refusal)
    assert _by(one, "t2") == "ats"


def test_it_joins_the_tracking_systems_mail_where_the_text_alone_names_the_employer() -> None:
    refusal = letter(
        "b",
        "t2",
        "<no-reply@hire.lever.co>",
        "Your application",
        "Thank you for your interest in Beacon Street Labs. Unfortunately",
        REJECTED,
        day=9,
    )
    (one,) = found(
        _interview(
            "t1", "Rob <rob@beaconstreetlabs.example>", "Data Engineer", sign="Rob\nBeacon Street Labs"
        ),
        refusal,
    )
    assert set(one.thread_ids) == {"t1", "t2"}


def test_it_joins_a_schedulers_confirmation_by_its_organiser() -> None:
    booked = letter(
        "b", "t2", "Calendly <notifications@calendly.com>", "Confirmed: Technical Interview with Anjali Rao", "", ("scheduler", "confirmation"),
        invites=[invite("Technical Interview", "Anjali Rao <anjali@acmewidgets.example>", uid="c1")], day=2,
    )  # fmt: skip
    (one,) = found(_interview("t1", ACME, "Data Engineer"), booked)
    assert _by(one, "t2") == "scheduler"
    assert "anjali@acmewidgets.example" in {c.address.email for c in one.contacts}


def test_it_joins_a_schedulers_confirmation_by_the_employers_name() -> None:
    booked = letter(
        "b",
        "t2",
        "Calendly <notifications@calendly.com>",
        "Confirmed: call",
        "Your call with Ann Lee (Acme Widgets) is scheduled",
        ("scheduler", "confirmation"),
        day=2,
    )
    (one,) = found(_interview("t1", ACME, "Data Engineer", sign="Ann Lee\nAcme Widgets"), booked)
    assert _by(one, "t2") == "scheduler"


def test_it_joins_an_interviewers_private_address_that_was_spoken_of() -> None:
    first = letter(
        "a",
        "t1",
        ACME,
        "Interview - Data Engineer",
        "You will talk to Mei Chen on Tuesday at 2.",
        INVITED,
        sign="Ann Lee\nAcme Widgets",
        timed=True,
    )
    private = letter(
        "b",
        "t2",
        "Mei Chen <mei.chen88@gmail.com>",
        "Acme Widgets interview",
        "Running ten minutes late!",
        ("interview_topic",),
        day=2,
    )
    (one,) = found(first, private)
    assert _by(one, "t2") == "participant"


def test_it_counts_a_receipt_for_the_same_position_in() -> None:
    receipt = letter(
        "r",
        "t0",
        "Acme Widgets <no-reply@ashbyhq.com>",
        "We received your application for Data Engineer",
        "",
        ("ats", "acknowledgement", "job_topic"),
        day=-9,
    )
    (one,) = found(receipt, _interview("t1", ACME, "Data Engineer", sign="Ann\nAcme Widgets"))
    assert set(one.thread_ids) == {"t0", "t1"}


def test_it_finds_a_candidacy_in_two_threads_that_are_none_alone() -> None:
    (one,) = found(
        letter("a", "t1", ACME, "Your CV", "We like your application for Data Engineer.", ("job_topic",)),
        letter("b", "t2", ACME, "Dana / Ann", "", invites=[invite("Dana / Ann", ACME)], day=1),
    )
    assert set(one.thread_ids) == {"t1", "t2"}


def test_it_joins_the_client_whom_the_agency_announced() -> None:
    text = (
        "Quill Robotics would like to interview you for their Embedded Engineer role, Tuesday with Ivo Marsh."
    )
    agency = letter(
        "a",
        "t1",
        "Sara Bell <sara@harlowtalent.example>",
        "Embedded Engineer",
        text,
        INVITED,
        sign="Sara Bell\nHarlow Talent",
        timed=True,
    )
    answer = mine("b", "t1", "sara@harlowtalent.example", "Confirmed", day=0.1)
    client = letter(
        "c",
        "t2",
        "Ivo Marsh <ivo@quillrobotics.example>",
        "Tuesday",
        "our interview for the Embedded Engineer role",
        INVITED,
        sign="Ivo Marsh\nQuill Robotics",
        timed=True,
        day=1,
    )
    (one,) = found(agency, answer, client)
    assert (one.company, one.agency, _by(one, "t2")) == ("Quill Robotics", "Harlow Talent", "participant")


def test_it_joins_a_person_who_moves_from_a_network_to_the_employers_domain() -> None:
    relayed = letter(
        "a",
        "t1",
        "Jane Doe via LinkedIn <hit-reply@linkedin.com>",
        "Baker at Otway Foods",
        "I'm with Otway Foods. Interview Tuesday at 2?",
        INVITED,
        timed=True,
    )
    own = letter(
        "b",
        "t2",
        "Jane Doe <jane@otwayfoods.example>",
        "Interview - Baker",
        "See you Tuesday",
        INVITED,
        sign="Jane Doe\nOtway Foods",
        timed=True,
        day=1,
    )
    (one,) = found(relayed, mine("r", "t1", "hit-reply@linkedin.com", "Yes", day=0.5), own)
    assert set(one.thread_ids) == {"t1", "t2"}


def test_it_lends_a_name_read_in_one_candidacy_to_another_of_the_same_house() -> None:
    readings = (
        _interview("t1", ACME, "Data Engineer", sign="Ann Lee\nAcme Widgets Inc."),
        _interview("t2", "Bo <bo@acmewidgets.example>", "Office Manager", day=1),
    )
    assert [c.company for c in found(*readings)] == ["Acme Widgets"] * 2


# ── what stays apart ──


def test_it_keeps_two_positions_at_one_employer_apart() -> None:
    assert _threads(
        found(_interview("t1", ACME, "Data Engineer"), _interview("t2", ACME, "Office Manager", day=1))
    ) == [{"t1"}, {"t2"}]


def test_it_gives_each_of_two_positions_its_own_refusal() -> None:
    refusal = letter(
        "c",
        "t3",
        "Acme Widgets <no-reply@ashbyhq.com>",
        "Your application",
        "about the Office Manager position",
        REJECTED,
        day=9,
    )
    readings = (
        _interview("t1", ACME, "Data Engineer", sign="Ann\nAcme Widgets"),
        _interview("t2", ACME, "Office Manager", day=1, sign="Ann\nAcme Widgets"),
        refusal,
    )
    assert _threads(found(*readings)) == [{"t1"}, {"t2", "t3"}]


def test_it_asks_the_user_rather_than_tossing_a_coin() -> None:
    refusal = letter(
        "c",
        "t3",
        "Acme Widgets <no-reply@ashbyhq.com>",
        "Your application to Acme Widgets",
        "we went another way",
        REJECTED,
        day=9,
    )
    readings = (
        _interview("t1", ACME, "Data Engineer", sign="Ann\nAcme Widgets"),
        _interview("t2", "Bo <bo@acmewidgets.example>", "Office Manager", day=1, sign="Bo\nAcme Widgets"),
        refusal,
    )
    one, two = found(*readings)
    assert {"t3"} not in _threads((one, two))
    assert one.needs_review
    assert two.needs_review


def test_it_lets_people_decide_where_the_position_does_not() -> None:
    readings = (
        _interview("t1", ACME, "Data Engineer"),
        _interview("t2", "Bo <bo@acmewidgets.example>", "Office Manager", day=1),
    )
    one, two = found(
        *readings,
        letter(
            "c",
            "t3",
            "Bo <bo@acmewidgets.example>",
            "Sorry",
            "we went another way",
            ("rejection", "job_topic"),
            day=9,
        ),
    )
    assert (set(one.thread_ids), set(two.thread_ids)) == ({"t1"}, {"t2", "t3"})
    assert not one.needs_review
    assert not two.needs_review


def test_it_keeps_an_agencys_two_clients_apart() -> None:
    agent = "Kim Boyd <kim@boydrecruitment.example>"
    text = "My client, {0}, would like to interview you for the Accountant role on Tuesday at 2."
    one, two = found(
        letter(
            "a",
            "t1",
            agent,
            "Accountant - Ferrous Marine",
            text.format("Ferrous Marine"),
            INVITED,
            sign="Kim Boyd\nBoyd Recruitment",
            timed=True,
        ),
        letter(
            "b",
            "t2",
            agent,
            "Accountant - Otway Foods",
            text.format("Otway Foods"),
            INVITED,
            sign="Kim Boyd\nBoyd Recruitment",
            timed=True,
            day=1,
        ),
    )
    assert (one.company, two.company) == ("Ferrous Marine", "Otway Foods")


def test_it_never_joins_by_a_shared_host() -> None:
    one = letter(
        "a",
        "t1",
        "Marrow Labs Hiring Team <no-reply@ashbyhq.com>",
        "Interview with Marrow Labs",
        "for the Baker role",
        ("ats", *INVITED),
        timed=True,
    )
    two = letter(
        "b",
        "t2",
        "Parcel & Pine Hiring Team <no-reply@ashbyhq.com>",
        "Interview with Parcel & Pine",
        "for the Baker role",
        ("ats", *INVITED),
        timed=True,
        day=1,
    )
    assert [c.company for c in found(one, two)] == ["Marrow Labs", "Parcel & Pine"]


def test_it_never_joins_two_private_mailboxes() -> None:
    assert (
        len(
            found(
                _interview("t1", "Al <al.stone@gmail.com>", "Baker"),
                _interview("t2", "Bea <bea@gmail.com>", "Baker", day=1),
            )
        )
        == 2
    )


def test_it_leaves_the_employers_newsletter_out() -> None:
    news = letter(
        "n",
        "t2",
        "Acme <news@acmewidgets.example>",
        "Our jobs this month",
        "",
        ("list_mail", "job_topic", "?interview_topic"),
        day=2,
    )
    assert _threads(found(_interview("t1", ACME, "Data Engineer"), news)) == [{"t1"}]


def test_it_leaves_an_old_refusal_of_last_year_out() -> None:
    old = letter(
        "n", "t0", "Bo <bo@acmewidgets.example>", "Your application", "", ("rejection", "job_topic"), day=-400
    )
    assert _threads(found(old, _interview("t1", ACME, "Data Engineer"))) == [{"t1"}]


def test_it_takes_no_receipt_as_its_own_where_two_contradict() -> None:
    receipts = [
        letter(
            f"r{i}",
            f"r{i}",
            "Acme Widgets <no-reply@ashbyhq.com>",
            f"We received your application for {title}",
            "",
            ("ats", "acknowledgement", "job_topic"),
            day=-9 + i,
        )
        for i, title in enumerate(("Data Engineer", "Office Manager"))
    ]
    (one,) = found(
        *receipts,
        letter("a", "t1", ACME, "Interview", "Tuesday at 2?", INVITED, sign="Ann\nAcme Widgets", timed=True),
    )
    assert set(one.thread_ids) == {"t1"}
    assert one.position == ""


# ── false fronts ──


def _answered() -> tuple[Reading, ...]:
    sign = "Hannah Sorensen\nBrightmoor Labs"
    return (
        _interview("t1", "Hannah Sorensen <hannah@brightmoor.example>", "Lab Coordinator", sign=sign),
        mine("a", "t1", "hannah@brightmoor.example", "Tuesday works", ("acceptance",), day=0.1),
    )


def _only_genuine(*hostile: Reading) -> bool:
    (one,) = found(*_answered(), *hostile)
    return (
        set(one.thread_ids) == {"t1"}
        and {c.address.email for c in one.contacts} == {"hannah@brightmoor.example"}
        and not one.needs_review
    )


def test_it_leaves_look_alike_domains_alone() -> None:
    fakes = (
        "brightmoor-careers.example",
        "brightmoorhr.example",
        "careers-brightmoor.example",
        "brightm00r.example",
        "brightrnoor.example",
        "brigthmoor.example",
        "brightmoor.example.apply.example",
        "brightmoor.test",
    )
    for fake in fakes:
        assert _only_genuine(
            _interview("x1", f"Brightmoor Labs Talent <talent@{fake}>", "Lab Coordinator", day=3)
        ), fake


def test_it_leaves_borrowed_names_alone() -> None:
    for fake in (
        "Hannah Sorensen <hs@exfil.example>",
        "Brightmoor Labs <jobs@exfil.example>",
        "Hannah Sorensen <hannah.sorensen.brightmoor@gmail.com>",
        '"hannah@brightmoor.example" <x@exfil.example>',
    ):
        assert _only_genuine(_interview("x1", fake, "Lab Coordinator", day=3)), fake


def test_it_throws_a_false_front_out_of_the_genuine_thread() -> None:
    hostile = letter(
        "x",
        "t1",
        "Hannah Sorensen <hannah@brightmoor-hr.example>",
        "Re: Interview - Lab Coordinator",
        "New time: tomorrow",
        ("reschedule", "interview_topic"),
        answers="t1-1",
        day=2,
    )
    (one,) = found(*_answered(), hostile)
    assert "x" not in {r.message.gmail_id for r in one.readings}


def test_it_lets_nothing_suspicious_qualify_or_join() -> None:
    asks_money = letter(
        "x",
        "x1",
        "HR <hr@quickhire.example>",
        "Interview",
        "pay the fee",
        ("suspicious", *INVITED),
        timed=True,
    )
    assert _only_genuine(asks_money)


def test_it_asks_the_user_where_a_known_sender_asks_for_money() -> None:
    odd = letter(
        "y",
        "t1",
        "Hannah Sorensen <hannah@brightmoor.example>",
        "Re: cards",
        "buy cards",
        ("suspicious",),
        day=2,
    )
    (one,) = found(*_answered(), odd)
    assert one.needs_review
    assert not parties.from_employer(odd, one)


def test_it_forgets_a_smell_once_the_user_has_answered_the_sender() -> None:
    smelly = letter(
        "a",
        "t1",
        ACME,
        "Action required: Interview - Baker",
        "Tuesday at 2?",
        (*INVITED, "?suspicious"),
        timed=True,
    )
    (before,) = found(smelly)
    (after,) = found(smelly, mine("b", "t1", ACME, "Yes", day=1))
    assert before.needs_review
    assert not after.needs_review
    assert after.readings[0].signals[-1].kind != "suspicious"


def test_it_takes_an_unrelated_employer_with_a_longer_name_for_what_it_is() -> None:
    assert (
        len(found(*_answered(), _interview("t2", "Ed <ed@brightmoorbrewery.example>", "Brewer", day=2))) == 2
    )


def test_it_marks_a_second_house_of_the_same_name_for_review() -> None:
    one, two = found(
        _interview("t1", "Ann <ann@brightmoor.example>", "Baker", sign="Ann\nBrightmoor Labs"),
        _interview("t2", "Bo <bo@labs-group.example>", "Baker", sign="Bo\nBrightmoor Labs", day=1),
    )
    assert not one.needs_review
    assert two.needs_review


def test_it_leaves_a_stranger_whom_the_user_put_in_copy_outside() -> None:
    (one,) = found(
        _interview("t1", ACME, "Baker"),
        mine("b", "t1", ACME, "Tuesday works", cc="Nia <nia@kinfolk.example>", day=1),
        letter(
            "c",
            "t1",
            "Nia <nia@kinfolk.example>",
            "Re",
            "dinner at 7 to celebrate the interview?",
            ("invitation", "question"),
            answers="b",
            day=2,
        ),
    )
    assert {c.address.email for c in one.contacts} == {"ann.lee@acmewidgets.example"}


def test_it_takes_an_agency_that_names_a_known_employer_for_an_agency() -> None:
    text = "My client, Brightmoor Labs, would like to interview you for the Night Porter role on Tuesday."
    agency = letter(
        "g",
        "t2",
        "Kim Boyd <kim@boydrecruitment.example>",
        "Night Porter",
        text,
        INVITED,
        sign="Kim Boyd\nBoyd Recruitment",
        timed=True,
        day=4,
    )
    assert len(found(*_answered(), agency)) == 2


# ── the user's word ──


def test_it_merges_and_splits_as_told() -> None:
    readings = (_interview("t1", ACME, "Data Engineer"), _interview("t2", ACME, "Office Manager", day=1))
    (one,) = found(*readings, notes=[note("merge", "t1", value="t2")])
    assert _by(one, "t2") == "user"
    assert (
        len(
            found(
                *readings, notes=[note("merge", "t1", value="t2"), note("split", "t1", value="t2", number=2)]
            )
        )
        == 2
    )
    same = (_interview("t1", ACME, "Data Engineer"), _interview("t2", ACME, "Data Engineer", day=1))
    assert len(found(*same, notes=[note("split", "t1", value="t2")])) == 2
    assert (
        len(found(*same, notes=[note("split", "t1", value="t2"), note("merge", "t1", value="t2", number=2)]))
        == 1
    )


def test_it_splits_a_thread_that_only_references_joined() -> None:
    readings = (
        _interview("t1", ACME, "Data Engineer"),
        letter("b", "t2", ACME, "Re: lunch", "Pizza?", answers="t1-1", day=1),
    )
    (one,) = found(*readings, notes=[note("split", "t1", value="t2")])
    assert set(one.thread_ids) == {"t1"}


def test_it_tracks_what_no_rule_found() -> None:
    chat = letter("a", "t1", "Uncle Bob <bob@farm.example>", "come by", "about the tractor")
    assert found(chat) == ()
    (one,) = found(chat, notes=[note("track", "t1")])
    assert (one.links[0].by, one.confidence, one.needs_review) == ("user", 1.0, ())


def test_it_keeps_what_the_user_ignores_as_a_candidacy() -> None:
    assert len(found(_interview("t1", ACME, "Data Engineer"), notes=[note("ignore", "t1")])) == 1


def test_it_takes_the_users_word_for_company_position_language_and_contact() -> None:
    words = [
        ("company", "Acme Corp"),
        ("position", "Chief Baker"),
        ("language", "de"),
        ("contact", "Zoe Quill <zoe@acmewidgets.example>"),
        ("company", "ACME"),
    ]
    told = [note("set", "t1", key, value, number=i) for i, (key, value) in enumerate(words, 1)]
    (one,) = found(_interview("t1", ACME, "Data Engineer"), notes=told)
    assert (one.company, one.position, one.language) == ("ACME", "Chief Baker", "de")
    assert (one.contacts[0].address.email, one.contacts[0].goes_by) == ("zoe@acmewidgets.example", "Zoe")


# ── identity and order ──


def test_it_keeps_a_known_id_when_an_earlier_thread_turns_up() -> None:
    (first,) = found(_interview("t1", ACME, "Data Engineer"))
    earlier = letter(
        "z",
        "t0",
        ACME,
        "Your application for Data Engineer",
        "thanks",
        ("acknowledgement", "job_topic"),
        day=-5,
    )
    (then,) = found(earlier, _interview("t1", ACME, "Data Engineer"), known={"t1": first.id})
    assert (then.id, then.anchor_thread_id) == (first.id, "t1")
    assert set(then.thread_ids) == {"t0", "t1"}


def test_it_anchors_at_the_first_evidence_not_at_a_receipt() -> None:
    receipt = letter(
        "z",
        "t0",
        ACME,
        "Your application for Data Engineer",
        "thanks",
        ("acknowledgement", "job_topic"),
        day=-5,
    )
    (one,) = found(receipt, _interview("t1", ACME, "Data Engineer"))
    assert one.id == candidacy_id("t1")
    assert len(one.id) == 8


def test_it_keeps_the_earlier_of_two_known_ids_after_a_merge() -> None:
    readings = (_interview("t1", ACME, "Data Engineer"), _interview("t2", ACME, "Office Manager", day=1))
    known = {"t1": candidacy_id("t1"), "t2": candidacy_id("t2")}
    (one,) = found(*readings, notes=[note("merge", "t2", value="t1")], known=known)
    assert one.id == candidacy_id("t1")


def test_it_orders_messages_by_time_whatever_came_first() -> None:
    readings = [
        *_answered(),
        _interview("t2", ACME, "Data Engineer", day=1),
        _interview("t3", "Bo <bo@acmewidgets.example>", "Office Manager", day=2),
        letter("q", "t4", ACME, "Re", "ok", ("holding", "job_topic"), day=5),
    ]
    expected = found(*readings)
    for seed in range(8):
        random.Random(seed).shuffle(readings)
        assert linking.candidacies(readings, (), DANA, {}) == expected


def test_it_leaves_drafts_out_and_counts_each_message_once() -> None:
    draft = mine("d", "t1", ACME, "Hello", labels=["DRAFT"], day=3)
    one = _interview("t1", ACME, "Data Engineer")
    (candidacy,) = found(one, one, draft)
    assert [r.message.gmail_id for r in candidacy.readings] == ["t1-1"]


def test_it_links_a_thousand_threads_within_seconds() -> None:
    noise = [
        letter(
            f"n{i}",
            f"n{i}",
            f"Shop {i} <info@shop{i}.example>",
            f"Order {i}",
            "Your order has shipped. " * 20,
            ("?question",),
            day=i / 50,
        )
        for i in range(900)
    ]
    jobs = [
        _interview(f"t{i}", f"Ann <ann@employer{i}.example>", "Data Engineer", day=i / 3) for i in range(100)
    ]
    began = time.process_time()
    assert len(linking.candidacies([*noise, *jobs], (), DANA, {})) == 100
    assert time.process_time() - began < 5


def test_it_takes_a_megabyte_of_anything_in_its_stride() -> None:
    for flood in (
        " " * 1_000_000,
        "\n" * 900_000,
        "(312) 555-" * 90_000,
        "for the Baker role, " * 50_000,
        "Name Name\n" * 90_000,
    ):
        huge = letter(
            "m",
            "t",
            f'"{flood[:900]}" <a@acme.example>',
            f"Interview {flood[:200_000]}",
            flood,
            INVITED,
            sign=flood,
            timed=True,
        )
        began = time.process_time()
        linking.candidacies((huge,), (), DANA, {})
        assert time.process_time() - began < 2
