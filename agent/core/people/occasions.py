"""What else people are invited to than a job interview, and who invites whom.

Admissions, tenancies, broadcasts, studies, tickets, references; friends who talk of their own interviews; candidates
who write to the user. Each is named by turns of phrase of ``lexicon/*/parties.toml`` ``[gate]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.core.lexicon import LANGUAGES, pack
from agent.core.meaning import senders
from agent.core.meaning.phrases import normal
from agent.core.meaning.rules import rests_on
from agent.core.model import Reading, Signal, SignalKind
from agent.core.people.job_talk import recruits, speaks_of
from agent.core.people.titles import grammar, has_head, tokens
from agent.core.people.turns import found, matches, says

_ASKS = (SignalKind.INVITATION, SignalKind.AVAILABILITY_REQUEST, SignalKind.NEXT_ROUND)
_JOINED = (
    SignalKind.ACCEPTANCE,
    SignalKind.AVAILABILITY,
    SignalKind.THANK_YOU,
    SignalKind.FOLLOW_UP,
    SignalKind.RESCHEDULE,
)
_OTHER_LOCALS = frozenset(pack("en", "parties")["common"]["other_locals"])
_OTHER_HOSTS = tuple(pack("en", "parties")["common"]["other_hosts"])
_STEM = 5  # letters by which a position shows that its own trade is spoken of ("admis|sions officer")


def elsewhere(heard: Sequence[Reading], *, title: str) -> frozenset[str]:
    """Threads that are about another occasion, or in which the user is the one who hires."""
    return frozenset(
        thread
        for thread, own in _by_thread(heard).items()
        if _user_hires(own, title=title) or _cheered(own, title=title) or _other(own, title=title)
    )


def own_trade(reading: Reading, *, title: str) -> bool:
    """True if words of another occasion belong to the position's own trade, or stand in a plain invitation about it."""
    odd = [s for s in reading.signals if s.kind is SignalKind.NOT_A_JOB_INTERVIEW]
    if _names_a_trade(title) and all(rests_on(s, title) for s in odd):
        return True
    if not title or reading.outgoing or not reading.strong(SignalKind.JOB_TOPIC):
        return False
    kindred = not any(_foreign(normal(s.evidence.quote), title) for s in odd)
    return reading.strong(*_ASKS) or (kindred and _plain(reading))


def _names_a_trade(title: str) -> bool:
    """True if the title says what somebody is ("Tenancy Adviser"), not only what the subject was ("Pre-operative assessment")."""
    words = tokens(title)
    return any(has_head(words, grammar(language)) for language in LANGUAGES)


def speaks_of_work(reading: Reading) -> bool:
    """True if a word of work stands in the message: the bare word "interview" is said of many things."""
    return says(reading, "work")


def is_private(reading: Reading) -> bool:
    """True for a letter among friends: of the writer's own interview, or asking how the user's went."""
    return not _plain(reading) and says(reading, "private")


def refused(heard: Sequence[Reading]) -> bool:
    """True if the user wrote only to say that they want nothing of it and had never applied, or are not the one meant."""
    if any(r.outgoing and says(r, "mistaken") for r in heard):
        return not any(r.outgoing and r.has(*_JOINED) and not says(r, "mistaken") for r in heard)
    if any(not r.outgoing and speaks_of(r, "applied") for r in heard):
        return False
    mine = [r for r in heard if r.outgoing]
    if not any(r.has(SignalKind.WITHDRAWAL) and says(r, "refuses") for r in mine):
        return False
    return not any(r.has(*_JOINED) for r in mine)


def asks_plainly(reading: Reading) -> bool:
    """True if an invitation without a time is one: put to the user, not to "those who", and under no condition.

    A robot has to ask for something the user can answer or follow; what it promises is a receipt's courtesy.
    """
    asked = [s for s in reading.signals if s.kind in _ASKS and not _hypothetical(s)]
    if not asked:
        return False
    if _is_robot(reading):
        return any(s.kind is not SignalKind.NEXT_ROUND for s in asked)
    return True


def is_bare(reading: Reading) -> bool:
    """True if the message holds no time, no invitation to a calendar and no link to book one."""
    booking = any(s.rule == "link.booking" for s in reading.signals)
    return not (reading.times or reading.message.invites or booking)


def _by_thread(heard: Iterable[Reading]) -> dict[str, list[Reading]]:
    threads: dict[str, list[Reading]] = {}
    for reading in heard:
        threads.setdefault(reading.message.thread_id, []).append(reading)
    return threads


def _user_hires(own: Sequence[Reading], *, title: str) -> bool:
    mine = [r for r in own if r.outgoing]
    if any(says(r, "hires") and not says(r, "seeks") for r in mine):
        return True
    if own[0].outgoing and not own[0].message.in_reply_to and says(own[0], "curious"):
        return True
    theirs = [r for r in own if not r.outgoing]
    return any(says(r, "hirer") for r in theirs) and not any(_clean(r, "hirer", title=title) for r in theirs)


def _cheered(own: Sequence[Reading], *, title: str) -> bool:
    """True if the user wishes luck or congratulates, and nothing of a job of the user's own is in sight."""
    return (
        not title
        and any(r.outgoing and says(r, "cheers") for r in own)
        and not any(not r.outgoing and _plain(r) for r in own)
    )


def _other(own: Sequence[Reading], *, title: str) -> bool:
    """True if another occasion is named that is not the trade of the position itself."""
    if any(_names_other(r, title) for r in own):
        return not any(_clean(r, "elsewhere", title=title) for r in own if not r.outgoing)
    return not title and any(not r.outgoing and not _plain(r) and _odd_sender(r) for r in own)


def _names_other(reading: Reading, title: str) -> bool:
    """One turn of phrase is enough, two where the message is plainly about a known position."""
    foreign = {words for words in found(reading, "elsewhere") if _foreign(words, title)}
    asks = reading.strong(*_ASKS) and reading.strong(SignalKind.JOB_TOPIC)
    return len(foreign) > bool(title and (asks or _plain(reading)))


def _clean(reading: Reading, key: str, *, title: str) -> bool:
    """A message that has nothing of this kind, and is about the user's application or asks them in about a position."""
    if says(reading, key):
        return False
    asks = bool(title) and reading.strong(*_ASKS) and reading.strong(SignalKind.JOB_TOPIC)
    return bool(title) and (asks or _plain(reading))


def _foreign(words: str, title: str) -> bool:
    stems = {w[:_STEM] for w in normal(title).split() if len(w) >= _STEM}
    return not any(w[:_STEM] in stems for w in words.split())


def _plain(reading: Reading) -> bool:
    """True if the writer has the user's application before them, or recruits for a living."""
    return (reading.strong(SignalKind.JOB_TOPIC) and speaks_of(reading, "applied")) or recruits(reading)


def _odd_sender(reading: Reading) -> bool:
    """True for admissions@…, tickets@…, …coop: addresses that do not hire."""
    local, _, host = reading.message.sender.email.partition("@")
    label = senders.registrable(host).partition(".")[0]
    return local in _OTHER_LOCALS or any(label.startswith(w) or label.endswith(w) for w in _OTHER_HOSTS)


def _is_robot(reading: Reading) -> bool:
    sender = reading.message.sender
    return reading.has(SignalKind.ATS) or senders.is_no_reply(sender.email) or senders.is_ats(sender.domain)


def _hypothetical(signal: Signal) -> bool:
    """True if the sentence speaks of what may come ("if they want to meet you"), not of what suits the user."""
    sentence = normal(signal.evidence.quote)
    return any(matches(sentence, "hypothetical")) and not any(matches(sentence, "suits"))
