"""The follow-up by telephone: what to say, the points, the number, and when to call.

The words are spoken ones of ``lexicon/<language>/telephone.toml``; the facts are those of a letter, and none is invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.core.lexicon import pack
from agent.core.model import Action, ActionKind, Address, Candidacy, Contact, Identity, Role, State
from agent.core.story.plan import Rules
from agent.core.writing import envelope, parting, salutation
from agent.core.writing.call_hours import Place, Slot, good_hours, place
from agent.core.writing.desk import ComposeConfig, Desk
from agent.core.writing.envelope import Route
from agent.core.writing.letters import Facts
from agent.core.writing.wording import letters

_PREFERRED = (Role.RECRUITER, Role.COORDINATOR, Role.HIRING_MANAGER, Role.INTERVIEWER, Role.UNKNOWN)


@dataclass(frozen=True, slots=True)
class CallSheet:
    """All that lies beside the telephone. ``phone`` is empty where the mails hold no number, ``contact`` None where no human."""

    contact: Contact | None
    phone: str
    language: str
    where: Place
    times: tuple[Slot, ...]
    reception: str
    script: tuple[str, ...]
    voicemail: str
    points: tuple[str, ...]


def call_sheet(
    candidacy: Candidacy,
    state: State,
    identity: Identity,
    rules: Rules,
    now: datetime,
    *,
    config: ComposeConfig,
) -> CallSheet:
    """The sheet for a call from ``now`` on."""
    zone = rules.policy.time_zone
    contact = whom(candidacy, state)
    action = _follow_up(state, now)
    addressed = contact or Contact(Address("", ""))
    today = now.astimezone(ZoneInfo(zone)).date()
    desk = Desk(action, candidacy, state, identity, config, today, zone, Route(addressed, (), (), None))
    facts, name = desk.facts()
    words = _words(desk.language, polite=facts.formal)
    spoken = {
        "me": parting.my_name(candidacy, identity) or identity.primary.email,
        "who": _addressed(facts.greeting, name, desk.language),
        "full": salutation.person(addressed).full,
        "about": facts.about,
        "date": facts.date,
        "promised": facts.promised,
    }
    where = place(candidacy, state, zone)
    opening = words["hello" if spoken["who"] else "hello_anybody"].format(**spoken)
    occasion = _occasion(words, state, facts).format(**spoken)
    return CallSheet(
        contact=contact,
        phone=candidacy.phone,
        language=desk.language,
        where=where,
        times=good_hours(where.zone, rules.calendar, now, not_before=state.absent_until),
        reception=words["reception"].format(**spoken) if spoken["full"] else "",
        script=(opening, occasion, *_promise(words, facts, spoken), words["question"], words["thanks"]),
        voicemail=" ".join((opening, occasion, words["voicemail"])),
        points=tuple(p for p in (facts.note, words["materials"], words["decision"], words["next"]) if p),
    )


def whom(candidacy: Candidacy, state: State) -> Contact | None:
    """The human to ask for: who last wrote, else the first by role; None where only machines are known."""
    known = envelope.writable(candidacy, state)
    wrote = [r.message.sender.email for r in candidacy.readings if not r.outgoing]
    latest = (c for email in reversed(wrote) for c in known if c.address.email == email)
    return next(latest, None) or min(known, key=lambda c: _PREFERRED.index(c.role), default=None)


def _follow_up(state: State, now: datetime) -> Action:
    step = len(state.follow_ups_sent) + 1
    return Action(ActionKind.FOLLOW_UP, step, now, None, f"call:{step}:{state.anchor}", now, "")


def _words(language: str, *, polite: bool) -> dict[str, str]:
    """The language's phrases; the polite ones over the familiar ones they differ from."""
    table = pack(language, "telephone") or pack("en", "telephone")
    return {**table["familiar"], **(table["polite"] if polite else {})}


def _occasion(words: Mapping[str, str], state: State, facts: Facts) -> str:
    if facts.date:
        return words["met"]
    return words["met_undated" if state.held_at or state.thank_you_sent_at else "applied"]


def _promise(words: Mapping[str, str], facts: Facts, spoken: Mapping[str, str]) -> Iterator[str]:
    if facts.promised:
        key = "promised" if facts.promised_by_reader else "promised_by_others"
        yield words[key].format(**spoken)


def _addressed(greeting: str, name: str, language: str) -> str:
    """How the letter's greeting calls the person, without its opening words: "Frau Dr. Roth", "Maria"."""
    if not name:
        return ""
    table = letters(language)["greeting"]
    line = greeting.strip()
    openers = [o for o in table["openers"] if o not in table["titles"]]
    for opener in sorted(openers, key=len, reverse=True):
        rest = line[len(opener) :]
        if line.casefold().startswith(opener) and not rest[:1].isalnum():
            line = rest
            break
    return line.strip(" ,:;!") or name
