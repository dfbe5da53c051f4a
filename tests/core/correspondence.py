"""Invented correspondences for the letter tests: one job hunt per language, with the people in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.core.model import (
    Action,
    ActionKind,
    Address,
    Candidacy,
    Contact,
    Deadline,
    Identity,
    Interview,
    InterviewStatus,
    Message,
    Promise,
    Reading,
    Reply,
    ReplyKind,
    Role,
    SendAs,
    Signal,
    State,
)


@dataclass(frozen=True)
class Cast:
    """Who writes to whom in one language, and how."""

    language: str
    zone: str
    me: Address
    them: Address
    other: Address
    goes_by: str
    company: str
    position: str
    subject: str
    invited: str
    accepted: str
    answered: str
    span: str
    note: str
    agency: str
    formal: bool


CASTS = {
    "en": Cast(
        "en", "America/New_York", Address("Jordan Doe", "jordan.doe@mailbox.example"),
        Address("Colleen Brandt", "colleen@tidewater.example"), Address("Mei Tan", "mei@tidewater.example"), "Colleen",
        "Tidewater Analytics Inc.", "Product Analyst", "Interview - Product Analyst at Tidewater",
        "Hi Jordan,\n\nCould you come in on Tuesday, May 12 at 2 pm?\n\nColleen\n",
        "Hi Colleen,\n\nTuesday at 2 works well. Thanks!\n\nBest,\nJordan\n",
        "Hi Jordan,\n\nGood to meet you. We hope to have an answer for you by Friday, May 22.\n\nColleen\n",
        "by Friday, May 22", "article on pricing experiments she recommended", "Harbor Recruiting", formal=False,
    ),
    "de": Cast(
        "de", "Europe/Berlin", Address("Jonas Weber", "jonas.weber@postfach.example"),
        Address("Katrin Größl", "k.groessl@nordlicht.example"), Address("Dr. Uwe Petersen", "petersen@nordlicht.example"),
        "Katrin Größl", "Nordlicht Energie GmbH", "Datenanalyst (m/w/d)", "Einladung zum Gespräch als Datenanalyst (m/w/d)",
        "Sehr geehrter Herr Weber,\n\npasst Ihnen Dienstag, der 12. Mai um 14 Uhr? Das Gespräch führen Sie mit Herrn Dr."
        " Petersen und mir.\n\nMit freundlichen Grüßen\nKatrin Größl\n",
        "Sehr geehrte Frau Größl,\n\nvielen Dank, der 12. Mai passt mir gut.\n\nMit freundlichen Grüßen\nJonas Weber\n",
        "Sehr geehrter Herr Weber,\n\nwir melden uns bis Freitag, den 22. Mai bei Ihnen.\n\nViele Grüße\nKatrin Größl\n",
        "bis Freitag, den 22. Mai", "der Artikel über Lastprognosen", "Hanse Personal", formal=True,
    ),
    "fr": Cast(
        "fr", "Europe/Paris", Address("Hélène N'Guessan", "helene@courriel.example"),
        Address("MARCHAND Chloé", "cmarchand@sevigny.example"), Address("Gaëtan Aubin", "gaubin@sevigny.example"),
        "Chloé MARCHAND", "Sévigny Conseil SAS", "Analyste confirmée H/F", "Candidature Analyste - disponibilités",
        "Bonjour Madame N'Guessan,\n\nQuelles sont vos disponibilités ? Monsieur Aubin souhaite vous recevoir.\n\nBien à vous,\n"
        "Chloé MARCHAND\n",
        "Bonjour Madame Marchand,\n\nLe mardi 12 mai à 14 h me convient.\n\nCordialement,\nHélène N'Guessan\n",
        "Bonjour Madame N'Guessan,\n\nNous vous donnerons une réponse d'ici au vendredi 22 mai.\n\nBien à vous,\nChloé MARCHAND\n",
        "d'ici au vendredi 22 mai", "l'article sur les hôpitaux", "Cabinet Rivoire", formal=True,
    ),
    "es": Cast(
        "es", "Europe/Madrid", Address("Íñigo Zabala", "inigo.zabala@correo.example"),
        Address("Begoña Iturralde", "begona@olivar.example"), Address("Nacho Prieto", "nacho@olivar.example"), "Begoña",
        "Olivar Digital S.L.", "Desarrollador Backend", "Entrevista para Desarrollador Backend",
        "¡Hola, Íñigo!\n\n¿Te vendría bien el martes 12 de mayo a las 14:00?\n\nUn saludo,\nBegoña\n",
        "Hola, Begoña:\n\nPerfecto, el martes a las 14:00.\n\nUn saludo,\nÍñigo\n",
        "¡Hola, Íñigo!\n\nTe diremos algo antes del viernes 22 de mayo.\n\nBegoña\n",
        "viernes 22 de mayo", "el artículo sobre colas de mensajes", "Talento Norte", formal=False,
    ),
}  # fmt: skip

INTERVIEW = datetime(2026, 5, 12, 18, 0, tzinfo=UTC)
PROMISED = date(2026, 5, 22)


def at(day: int, hour: int = 9, month: int = 5) -> datetime:
    return datetime(2026, month, day, hour, 0, tzinfo=UTC)


def message(
    key: str,
    when: datetime,
    sender: Address,
    to: tuple[Address, ...],
    subject: str,
    text: str,
    **changes: object,
) -> Message:
    """One parsed message; ``key`` names it in Gmail and in its Message-ID."""
    plain = Message(
        gmail_id=key, thread_id="t1", internal_date=when, label_ids=frozenset({"INBOX"}), date=when,
        message_id=f"<{key}@mail.example>", in_reply_to="", references=(), sender=sender, reply_to=(), to=to, cc=(),
        subject=subject, text=text, signature_at=len(text),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test names the fields it changes


def reading(
    message: Message, *, outgoing: bool = False, language: str = "", signals: tuple[Signal, ...] = (),
    deadlines: tuple[Deadline, ...] = (),
) -> Reading:  # fmt: skip
    return Reading(message, outgoing, language, signals, (), deadlines)


def identity(cast: Cast) -> Identity:
    return Identity(
        cast.me, frozenset({cast.me.email}), (cast.me.name,), (SendAs(cast.me, "", is_default=True),)
    )


def correspondence(language: str = "en", *, answered: bool = False) -> Candidacy:
    """Invitation, acceptance and, if asked for, an answer after the interview that names a day."""
    cast = CASTS[language]
    first = message("m1", at(4), cast.them, (cast.me,), cast.subject, cast.invited)
    second = message(
        "m2", at(4, 12), cast.me, (cast.them,), f"Re: {cast.subject}", cast.accepted,
        label_ids=frozenset({"SENT"}), in_reply_to="<m1@mail.example>", references=("<m1@mail.example>",),
    )  # fmt: skip
    third = message(
        "m3", at(14), cast.them, (cast.me,), f"Re: {cast.subject}", cast.answered, in_reply_to="<m2@mail.example>",
        references=("<m1@mail.example>", "<m2@mail.example>"),
    )  # fmt: skip
    deadline = Deadline(PROMISED, PROMISED, cast.span, "absolute", sentence=cast.span)
    readings: tuple[Reading, ...] = (
        reading(first, language=language),
        reading(second, outgoing=True, language=language),
    )
    if answered:
        readings += (reading(third, language=language, deadlines=(deadline,)),)
    return Candidacy(
        id="c1", anchor_thread_id="t1", company=cast.company, position=cast.position, language=language,
        contacts=(Contact(cast.them, Role.RECRUITER, cast.goes_by),), readings=readings, links=(), formal=cast.formal,
    )  # fmt: skip


def state(**changes: object) -> State:
    """An interview on Tuesday, May 12 that took place."""
    held = Interview(
        INTERVIEW, INTERVIEW + timedelta(hours=1), "", InterviewStatus.CONFIRMED, "ical", round=1
    )
    return replace(State(interviews=(held,)), **changes)  # type: ignore[arg-type]  # a test names the fields it changes


def promise() -> Promise:
    return Promise(PROMISED, at(14), "…", "m3", PROMISED)


def holding() -> Reply:
    return Reply(at(14), ReplyKind.HOLDING, "m3")


def action(
    kind: ActionKind = ActionKind.FOLLOW_UP, step: int = 1, key: str = "follow_up:1:t1:r1:x"
) -> Action:
    return Action(kind, step, at(26), None, key, at(14), "because")


def now(language: str = "en") -> datetime:
    return datetime(2026, 5, 26, 9, 0, tzinfo=ZoneInfo(CASTS[language].zone))
