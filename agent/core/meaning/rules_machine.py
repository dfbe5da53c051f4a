"""Rules that look at the envelope: headers, sender, subject prefixes and calendar parts.

Machine mail is told apart by RFC 3834 (Auto-Submitted), RFC 3464/3798 (reports), RFC 2369/2919 (lists) and by what
real mail systems write. ``X-Auto-Response-Suppress`` is no proof: it asks *others* not to answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.core.mail import authentication
from agent.core.meaning import senders
from agent.core.meaning.statements import bare_subject
from agent.core.model import Evidence, Identity, Invite, Message, Signal, SignalKind, Strength

_AUTO_REPLY_SUBJECT = re.compile(
    r"^\W*(?:(?:re|aw)\s*:\s*)?(?:automatic reply|auto(?:mated)?[- ]?(?:reply|response|antwort)|out of (?:the )?office|ooo\b|away from (?:my |the )?(?:desk|office)|"
    r"vacation (?:reply|response)|on (?:annual )?leave\b|automatische (?:antwort|abwesenheit)|abwesenheits(?:notiz|meldung|nachricht|assistent)|"
    r"abwesen(?:d|heit)\b|nicht im (?:büro|haus)|réponse automatique|reponse automatique|absen(?:ce|t|te) (?:du|au) bureau|message d['’]absence|"
    r"respuesta autom[aá]tica|fuera de (?:la )?oficina|ausente|risposta automatica|automatisch antwoord|autosvar)",
    re.IGNORECASE,
)
_READ_SUBJECT = re.compile(
    r"^\s*(?:read|gelesen|lu|lue|leído|leido|not read|nicht gelesen|non lu|read receipt|return receipt(?: \(displayed\))?|lesebestätigung|"
    r"accusé de (?:réception|lecture)|confirmación de lectura)\s*(?::|\(|$)",
    re.IGNORECASE,
)
_RECEIPT = re.compile(
    r"^\s*accusé de réception", re.IGNORECASE
)  # also what receipts of applications are called
_READ_BODY = re.compile(
    r"was read on|was (?:displayed|opened) on|has been (?:read|displayed)|return receipt|wurde .{0,60}gelesen|gelesen am|a été lu|fue leído|se leyó|"
    r"was deleted without being read|ungelesen gelöscht|your message\s*\n",
    re.IGNORECASE,
)
_RSVP_SUBJECT = re.compile(
    r"^\s*(?:accepted|declined|tentative(?:ly accepted)?|(?:new time )?proposed(?: new time)?|zugesagt|angenommen|abgesagt|abgelehnt|mit vorbehalt|"
    r"vorläufig zugesagt|accept[ée]e?|refus[ée]e?|d[ée]clin[ée]e?|provisoire|peut-être|aceptad[oa]|rechazad[oa]|provisional)\s*(?: \([^)]*\))?\s*:",
    re.IGNORECASE,
)
_DELAY_WORDS = re.compile(
    r"\(delay(?:ed)?\)|delivery (?:incomplete|delayed|is delayed|has been delayed)|delayed mail|will (?:retry|keep trying|continue to try)|"
    r"still being retried|not yet been delivered|has been delayed|warning: (?:message|could not send)|no action is required|"
    r"verzögert|zustellung verzögert|weitere zustellversuche|retardée?|(?:remise|distribution|livraison) (?:\w+ ){0,3}différée|se ha retrasado|retrasad[oa]",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed|failed)|mail delivery (?:failed|subsystem|system)|returned (?:mail|to sender)|failure notice|"
    r"unzustellbar|nicht zustellbar|non remis|échec de (?:la )?(?:remise|distribution)|no se (?:ha podido|pudo) entregar|no entregado",
    re.IGNORECASE,
)
_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|postmaster|mail[-_.]?delivery|microsoftexchange[0-9a-f]+|mdaemon)$",
    re.IGNORECASE,
)
_ALERT_LOCAL = re.compile(
    r"alert|digest|recommend|suggest|newsletter|jobs-listings|jobmessenger|match", re.IGNORECASE
)
_ADDRESS_IN_NAME = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_INTERVIEW_WORDS = re.compile(
    r"interview|phone ?screen|screening|onsite|on-site|trial shift|vorstellungsgespräch|bewerbungsgespräch|kennenlern|probearbeit|probetag|hospitation|"
    r"auswahlgespräch|entretien|entrevue|entrevista|candidat|recruit|hiring|debrief",
    re.IGNORECASE,
)

MAX_SUBJECT = 500


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the envelope rules look at: the message, whose mailbox it is, and the words at hand in lower case."""

    message: Message
    identity: Identity
    outgoing: bool

    @property
    def subject(self) -> str:
        """As much of the subject as any rule needs: mail is hostile."""
        return self.message.subject[:MAX_SUBJECT]

    @property
    def auto_submitted(self) -> str:
        return self.message.header("auto-submitted").partition(";")[0].strip().lower()

    @property
    def auto_replied(self) -> bool:
        """An answer made by a machine (RFC 3834 ``auto-replied`` and what is written instead of it)."""
        names = ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply")
        vendor = any(self.message.header(name).strip().lower() not in {"", "no"} for name in names)
        return self.auto_submitted == "auto-replied" or vendor or self.precedence == "auto_reply"

    @property
    def precedence(self) -> str:
        return self.message.header("precedence").strip().lower()

    @property
    def robot_domain(self) -> bool:
        domain = self.message.sender.domain
        return senders.is_ats(domain) or senders.is_scheduler(domain) or senders.is_assessment(domain)


Finding = tuple[str, str] | None  # (where, quote)


@dataclass(frozen=True, slots=True)
class MachineRule:
    """One envelope rule: its name, what it concludes and the question it asks."""

    name: str
    kind: SignalKind
    strength: Strength
    asks: Callable[[Envelope], Finding]


def _bounce(e: Envelope) -> Finding:
    report = _report(e)
    return report if report and not _delayed(e) else None


def _delay(e: Envelope) -> Finding:
    report = _report(e)
    return report if report and _delayed(e) else None


def _delayed(e: Envelope) -> bool:
    text = e.message.text[:3000]
    if re.search(r"delay|verzöger|retard|différ|retras", e.subject, re.IGNORECASE):
        return True
    if re.search(
        r"failed permanently|permanent(?:ly)? (?:failure|error|fatal)|\b5\.\d\.\d\b", text, re.IGNORECASE
    ):
        return bool(re.search(r"if the delivery fails permanently|will retry", text, re.IGNORECASE))
    return bool(_DELAY_WORDS.search(text))


def _report(e: Envelope) -> Finding:
    """A delivery report: from the mail system itself, by header or by both name and words."""
    message = e.message
    if message.header("x-failed-recipients"):
        return "header", "X-Failed-Recipients"
    if (
        "report-type=delivery-status"
        in message.header("content-type").replace('"', "").replace(" ", "").lower()
    ):
        return "header", "multipart/report"
    daemon = bool(_DAEMON.match(message.sender.email.partition("@")[0]))
    worded = bool(_BOUNCE_SUBJECT.search(e.subject) or _DELAY_WORDS.search(e.subject))
    return (
        ("sender", e.subject) if daemon and (worded or _BOUNCE_SUBJECT.search(message.text[:1500])) else None
    )


def _read_receipt(e: Envelope) -> Finding:
    content = e.message.header("content-type").lower()
    if "disposition-notification" in content:
        return "header", "disposition-notification"
    if not _READ_SUBJECT.match(e.subject):
        return None
    machine = e.auto_submitted not in {"", "no"} and not _RECEIPT.match(e.subject)
    return ("subject", e.subject) if machine or _READ_BODY.search(e.message.text[:1500]) else None


def _rsvp(e: Envelope) -> Finding:
    answer = next((invite for invite in e.message.invites if invite.method in {"REPLY", "COUNTER"}), None)
    if answer:
        return "invite", f"METHOD:{answer.method}"
    subject = e.subject
    return ("subject", subject) if _RSVP_SUBJECT.match(subject) and len(e.message.body) < 600 else None


def _auto_answer(e: Envelope) -> Finding:
    """An automatic answer of either kind; ``signals`` tells absence from receipt by the words."""
    if e.auto_replied and not e.robot_domain:
        return "header", "Auto-Submitted: auto-replied"
    subject = e.subject
    return ("subject", subject) if _AUTO_REPLY_SUBJECT.match(subject) else None


def _list_mail(e: Envelope) -> Finding:
    if e.robot_domain:
        return None
    if e.message.header("list-id"):
        return "header", "List-Id"
    return ("header", f"Precedence: {e.precedence}") if e.precedence in {"bulk", "list", "junk"} else None


def _unsubscribable(e: Envelope) -> Finding:
    return (
        ("header", "List-Unsubscribe")
        if e.message.header("list-unsubscribe") and not e.robot_domain
        else None
    )


def _ats(e: Envelope) -> Finding:
    return _by_sender(e, senders.is_ats)


def _scheduler(e: Envelope) -> Finding:
    return _by_sender(e, senders.is_scheduler)


def _by_sender(e: Envelope, belongs: Callable[[str], bool]) -> Finding:
    sender = e.message.sender
    return ("sender", sender.domain) if not e.outgoing and belongs(sender.domain) else None


def _job_alert(e: Envelope) -> Finding:
    sender = e.message.sender
    local = sender.email.partition("@")[0]
    return (
        ("sender", sender.email)
        if senders.is_job_board(sender.domain) and _ALERT_LOCAL.search(local)
        else None
    )


def _unsigned(e: Envelope) -> Finding:
    """Authentication that failed beyond doubt, by Gmail's own verdict."""
    forged = not e.outgoing and authentication.failed(e.message.headers, e.message.sender.domain)
    return ("header", "Authentication-Results: fail") if forged else None


def _forged_name(e: Envelope) -> Finding:
    """A display name that is somebody else's address, or that holds a line of a header."""
    sender = e.message.sender
    claimed = _ADDRESS_IN_NAME.search(sender.name[:300])
    foreign = claimed and senders.registrable(claimed[0]) != senders.registrable(sender.domain)
    injected = re.search(r"[\r\n]|\bbcc\s*:", sender.name[:300] + e.subject[:300], re.IGNORECASE)
    return ("sender", sender.name[:120]) if not e.outgoing and (foreign or injected) else None


def _invite_for_interview(e: Envelope) -> Finding:
    found = _invite(e, {"REQUEST", "PUBLISH"})
    return ("invite", found.summary or e.subject) if found and _about_interview(found, e) else None


def _invite_cancelled(e: Envelope) -> Finding:
    found = _invite(e, {"CANCEL"}) or next((i for i in e.message.invites if i.status == "CANCELLED"), None)
    return ("invite", found.summary or e.subject) if found else None


def _invite(e: Envelope, methods: set[str]) -> Invite | None:
    return next((i for i in e.message.invites if i.method in methods and i.status != "CANCELLED"), None)


def _about_interview(invite: Invite, e: Envelope) -> bool:
    return bool(
        _INTERVIEW_WORDS.search(f"{invite.summary} {bare_subject(e.subject)} {invite.description[:500]}")
    )


def _own_company(e: Envelope) -> Finding:
    """An interview that the user's own company holds: the organiser shares the domain, somebody outside is invited."""
    own = {senders.registrable(email) for email in e.identity.emails if not senders.is_vendor(email)}
    for invite in e.message.invites:
        organizer = invite.organizer
        if not organizer or senders.registrable(organizer.domain) not in own or e.identity.is_me(organizer):
            continue
        outside = any(senders.registrable(a.address.domain) not in own for a in invite.attendees)
        if outside and _about_interview(invite, e):
            return "invite", invite.summary
    return None


_S, _W = Strength.STRONG, Strength.WEAK
MACHINE_RULES = (
    MachineRule("machine.delay", SignalKind.DELAY, _S, _delay),
    MachineRule("machine.bounce", SignalKind.BOUNCE, _S, _bounce),
    MachineRule("machine.read_receipt", SignalKind.READ_RECEIPT, _S, _read_receipt),
    MachineRule("machine.rsvp", SignalKind.RSVP, _S, _rsvp),
    MachineRule("machine.auto_answer", SignalKind.ROBOT, _S, _auto_answer),
    MachineRule("machine.ats", SignalKind.ATS, _S, _ats),
    MachineRule("machine.scheduler", SignalKind.SCHEDULER, _S, _scheduler),
    MachineRule("machine.job_alert", SignalKind.JOB_ALERT, _S, _job_alert),
    MachineRule("machine.list_mail", SignalKind.LIST_MAIL, _S, _list_mail),
    MachineRule("machine.unsubscribable", SignalKind.LIST_MAIL, _W, _unsubscribable),
    MachineRule("machine.unsigned", SignalKind.SUSPICIOUS, _S, _unsigned),
    MachineRule("machine.forged_name", SignalKind.SUSPICIOUS, _S, _forged_name),
    MachineRule("invite.interview", SignalKind.INVITATION, _S, _invite_for_interview),
    MachineRule("invite.cancelled", SignalKind.CANCELLATION, _S, _invite_cancelled),
    MachineRule("invite.own_company", SignalKind.USER_IS_INTERVIEWER, _S, _own_company),
)


def machine_signals(envelope: Envelope) -> Iterator[Signal]:
    """What the envelope says."""
    for rule in MACHINE_RULES:
        finding = rule.asks(envelope)
        if finding:
            where, quote = finding
            yield Signal(rule.kind, rule.name, rule.strength, Evidence(quote[:200], where))
