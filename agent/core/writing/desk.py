"""What one letter is written from: the facts of a candidacy as the words a template may use.

Nothing is said that the mails or the user's notes do not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from agent.core.lexicon import LANGUAGES
from agent.core.model import (
    Action,
    ActionKind,
    Candidacy,
    Deadline,
    Identity,
    InterviewStatus,
    Promise,
    ReplyKind,
    Role,
    State,
)
from agent.core.writing import parting, salutation, wording
from agent.core.writing.envelope import Route
from agent.core.writing.letters import PURPOSES, Facts


@dataclass(frozen=True, slots=True)
class ComposeConfig:
    """The user's wishes about letters, and what the caller read from disk for us.

    ``signature``: plain text, may be empty; ``language``: a code or "auto"; ``templates``: the user's own, by name
    (``follow_up_1.en.j2``); ``materials``: names of the files that are enclosed where the impression was poor;
    ``other_companies``: employers of the user's other candidacies, which this letter must not name.
    """

    signature: str = ""
    language: str = "auto"
    templates: Mapping[str, str] = field(default_factory=dict)
    materials: tuple[str, ...] = ()
    other_companies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """All that one letter is written from."""

    action: Action
    candidacy: Candidacy
    state: State
    identity: Identity
    config: ComposeConfig
    today: date
    zone: str
    way: Route

    @property
    def language(self) -> str:
        """The configured language, else the thread's where a template exists, else English."""
        wish = self.config.language
        wanted = (wish,) if wish != "auto" else (self.state.language, self.candidacy.language)
        available = {
            *LANGUAGES,
            *(name.split(".")[-2] for name in self.config.templates if name.count(".") >= 2),
        }
        return next((code for code in wanted if code in available and wording.letters(code)), "en")

    @property
    def purpose(self) -> str:
        return "thank_you" if self.action.kind is ActionKind.THANK_YOU else PURPOSES[min(self.action.step, 2)]

    @property
    def seed(self) -> str:
        return f"{self.action.key}|{self.way.contact.address.email}"

    def facts(self) -> tuple[Facts, str]:
        language, contact = self.language, self.way.contact
        polite = salutation.formal(self.candidacy, language)
        hello = salutation.greeting(self.candidacy, contact, language, polite=polite)
        position = wording.position_words(self.candidacy.position)
        company = wording.company_words(self.candidacy.company)
        elsewhere = self._elsewhere(company)
        poor = self.state.impression == "poor"
        facts = Facts(
            greeting=hello.line,
            closing=self._closing(polite=polite),
            position=position,
            company=company,
            at=wording.at_words(company, language),
            about=wording.about_words(position, "" if elsewhere else company, language),
            date=self._interview_day(),
            promised=self._promised(),
            promised_by_reader=self._said_by_reader(),
            said=self._said(),
            holding=self._holding(),
            away=self._away(),
            missed=bool(self._away() and self.state.follow_ups_sent),
            elsewhere=elsewhere,
            met=self._met(),
            poor=poor,
            attached=len(self.attachments),
            note=self._note(),
            formal=polite,
            step=self.action.step,
            held=self._held(),
        )
        return facts, hello.name

    def _words(self, day: date, *, short: bool = False) -> str:
        return wording.day_words(day, self.language, today=self.today, zone=self.zone, short=short)

    def _interview_day(self) -> str:
        day = self._last_interview()
        return "" if day is None else self._words(day)

    def _held(self) -> str:
        """The interview's day as a letter says it; short where the letter names another day before it."""
        day = self._last_interview()
        thanks = self.action.kind is ActionKind.THANK_YOU
        other = bool(self._away() or self._promised() or self._holding())
        return (
            ""
            if day is None
            else wording.held_words(
                day, self.language, today=self.today, zone=self.zone, first_thanks=thanks, short=other
            )
        )

    def _last_interview(self) -> date | None:
        """The day of the round's last interview that took place, in the interview's own zone."""
        held = [
            i
            for i in self.state.live_interviews
            if i.round == self.state.round
            and i.status is InterviewStatus.CONFIRMED
            and i.start.astimezone(ZoneInfo(self.zone)).date() <= self.today
        ]
        if held:
            last = max(held, key=lambda i: i.start)
            return last.start.astimezone(_zone(last.time_zone, self.zone)).date()
        return None

    def _promise(self) -> Promise | None:
        return self.action.because_promise or self.state.promise

    def _promised(self) -> str:
        promise = self._promise()
        if promise is None or self.action.kind is ActionKind.THANK_YOU or self._away():
            return ""
        if any(promise.said_at < sent for sent in self.state.follow_ups_sent) and self.action.step > 1:
            return ""  # the first follow-up quoted it; twice would be a reproach
        deadline = self._deadline(promise)
        return wording.promise_words(promise, deadline, self.language, today=self.today, zone=self.zone)

    def _deadline(self, promise: Promise) -> Deadline | None:
        return next(
            (
                d
                for r in self.candidacy.readings
                if promise.gmail_id and r.message.gmail_id == promise.gmail_id
                for d in r.deadlines
                if d.latest == promise.by
            ),
            None,
        )

    def _said_by_reader(self) -> bool:
        promise = self._promise()
        return promise is not None and self._wrote(promise.gmail_id)

    def _said(self) -> str:
        promise = self._promise()
        if promise is None:
            return ""
        day = promise.said_at.astimezone(ZoneInfo(self.zone)).date()
        return wording.day_words(day, self.language, today=self.today, zone=self.zone, short=True)

    def _met(self) -> bool:
        """True if the addressee is known to have been in the interview."""
        contact = self.way.contact
        present = {
            a.email for i in self.state.live_interviews if i.round == self.state.round for a in i.attendees
        }
        return contact.role in {Role.INTERVIEWER, Role.HIRING_MANAGER} or contact.address.email in present

    def _wrote(self, gmail_id: str) -> bool:
        """True if the addressee wrote that message."""
        email = self.way.contact.address.email
        return any(
            r.message.gmail_id == gmail_id and r.message.sender.email == email
            for r in self.candidacy.readings
        )

    def _holding(self) -> str:
        """The day of the addressee's last "not yet", if nothing of the user's came after it."""
        reply = self.state.last_reply
        if reply is None or reply.kind is not ReplyKind.HOLDING or not self._wrote(reply.gmail_id):
            return ""
        if any(sent > reply.at for sent in self.state.follow_ups_sent):
            return ""
        return self._words(reply.at.astimezone(ZoneInfo(self.zone)).date(), short=True)

    def _away(self) -> str:
        """The day on which they came back, if an automatic reply named one and it has come."""
        back = self.state.absent_until
        day = back.astimezone(ZoneInfo(self.zone)).date() if isinstance(back, datetime) else back
        return self._words(day) if day is not None and day <= self.today else ""

    def _elsewhere(self, company: str) -> bool:
        """True if the addressee works for the agency, not for the employer."""
        house = self.way.contact.address.domain.partition(".")[0]
        at_employer = bool(company) and salutation.fold(company.split(maxsplit=1)[0]) in salutation.fold(
            house
        )
        return bool(self.candidacy.agency) and not at_employer

    def _note(self) -> str:
        sent = [r.message.text[:20_000] for r in self.candidacy.readings if r.outgoing]
        return wording.note_words(self.state.notes, sent, self.language, self.seed)

    @property
    def attachments(self) -> tuple[str, ...]:
        first = self.action.kind is ActionKind.FOLLOW_UP and self.action.step == 1
        return self.config.materials if first and self.state.impression == "poor" else ()

    def _closing(self, *, polite: bool) -> str:
        """Parting, name and signature, each once."""
        words, name = parting.signing(self.candidacy, self.identity, self.language, polite=polite)
        signature = self.signature
        opening = signature.split("\n", 1)[0].casefold().rstrip(" ,") if signature else ""
        if opening in wording.letters(self.language)["parting"]["known"]:
            return signature
        if signature and salutation.fold(opening) == salutation.fold(name):
            return f"{words}\n\n{signature}"
        return "\n".join(part for part in (words, name) if part) + (f"\n\n{signature}" if signature else "")

    @property
    def signature(self) -> str:
        """The configured signature; nothing where it is only the user's name."""
        text = "\n".join(line.rstrip() for line in self.config.signature.strip().splitlines())
        name = parting.my_name(self.candidacy, self.identity)
        only_name = salutation.fold(text) in {salutation.fold(n) for n in (name, *self.identity.names)}
        return "" if only_name else text.removeprefix("-- \n").removeprefix("--\n")


def _zone(name: str, otherwise: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or otherwise)
    except (ValueError, OSError, KeyError):
        return ZoneInfo(otherwise)
