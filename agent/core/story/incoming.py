"""What a message from outside does to the fold: machines first (never an answer), then how it ends, then arrangements, then replies."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from agent.core.dates.deadlines import deadlines, promised
from agent.core.meaning.senders import registrable
from agent.core.model import Deadline, Disposition, Reading, Reply, ReplyKind, Turn
from agent.core.model import SignalKind as Kind
from agent.core.people.genuine import NOT_ME, OWN_WORD, UNSIGNED
from agent.core.story.arranging import arrange
from agent.core.story.fold import Fold, promise_of

_OWN_POST = frozenset(
    {"googlemail.com", "google.com", "gmail.com"}
)  # where Gmail's own delivery reports come from
MACHINE = (Kind.OUT_OF_OFFICE, Kind.ROBOT, Kind.BOUNCE, Kind.DELAY, Kind.READ_RECEIPT, Kind.RSVP)
ENDINGS = {  # in the order in which they are believed
    Kind.ON_HOLD: (Disposition.ON_HOLD, ReplyKind.HOLDING),
    Kind.REJECTION: (Disposition.REJECTED, ReplyKind.REJECTION),
    Kind.OFFER: (Disposition.OFFER, ReplyKind.OFFER),
    Kind.POSITION_CLOSED: (Disposition.CANCELLED, ReplyKind.REJECTION),
}
_UNVOUCHED = {
    UNSIGNED: "a mail in the employer's name failed Gmail's check of authenticity; please read it",
    OWN_WORD: "somebody whom nobody of the employer's has brought in has written into this conversation; please read it",
    NOT_ME: "a mail in this conversation greets somebody else; please read whether it was meant for you",
}
LONGEST_DELIVERY = timedelta(days=5)  # so long servers try (RFC 5321, section 4.5.4.1)
LONGEST_INVITATION = 5000  # characters
INVITING = (Kind.INVITATION, Kind.AVAILABILITY_REQUEST, Kind.NEXT_ROUND, Kind.CONFIRMATION)
REOPENING = (Kind.NEXT_ROUND, Kind.INVITATION, Kind.AVAILABILITY_REQUEST, Kind.CONFIRMATION, Kind.RESCHEDULE)


def incoming(fold: Fold, reading: Reading) -> None:
    if reading.has(*MACHINE):
        _machine(fold, reading)
    elif reading.has(Kind.SUSPICIOUS):
        fold.event(reading, "set_aside", quote="suspicious: changes nothing")
        for reason in (_UNVOUCHED[s.rule] for s in reading.signals if s.rule in _UNVOUCHED):
            fold.hold(reading.message.internal_date, reason)
    elif fold.from_employer(reading):
        _employer(fold, reading)


def _machine(fold: Fold, reading: Reading) -> None:
    at, message = reading.message.internal_date, reading.message
    if reading.has(Kind.BOUNCE):
        _undo_bounced(fold, reading)
    elif reading.has(Kind.OUT_OF_OFFICE, Kind.ROBOT) and fold.from_employer(reading):
        away = reading.first(Kind.OUT_OF_OFFICE)
        if away is not None and away.until is not None:
            fold.absent_until = away.until
        fold.last_reply = Reply(at, ReplyKind.AUTO_REPLY, message.gmail_id)
    elif reading.has(Kind.RSVP) and fold.from_employer(reading):
        for invite in message.invites:
            if invite.method == "CANCEL":
                fold.arrangement.invited(invite, message)


def _undo_bounced(fold: Fold, reading: Reading) -> None:
    """What bounced was not sent: take its thank-you or follow-up back."""
    message = reading.message
    if not _reports_on_ours(fold, reading):
        return
    failed = [a.strip().lower() for a in message.header("x-failed-recipients").split(",") if "@" in a]
    fold.bounced += [a for a in failed if a not in fold.bounced]
    mentioned = [*reversed(message.references), message.in_reply_to]
    victim = next((fold.message_ids[m] for m in mentioned if m in fold.message_ids), fold.last_out)
    if message.internal_date - fold.counted.get(victim, ("", message.internal_date))[1] > LONGEST_DELIVERY:
        victim = fold.last_out  # a report that names an old letter of the thread is about the last one
    kind, at = fold.counted.pop(victim, ("", message.internal_date))
    if kind == "thank_you" and fold.thank_you_at == at:
        fold.thank_you_at = None
    elif kind == "follow_up" and at in fold.follow_ups:
        fold.follow_ups.remove(at)
    if kind:
        _rewind_anchor(fold)


def _reports_on_ours(fold: Fold, reading: Reading) -> bool:
    """True for a delivery report of Gmail's own, of the addressee's house, or on a letter whose Message-ID it knows.

    Anybody can write that a letter did not arrive.
    """
    message = reading.message
    if reading.has(Kind.SUSPICIOUS):
        return False
    home = registrable(message.sender.domain)
    failed = message.header("x-failed-recipients").lower()
    if home in _OWN_POST or any(registrable(a.rpartition("@")[2].strip()) == home for a in failed.split(",")):
        return True
    known = {*message.references, message.in_reply_to} & fold.message_ids.keys()
    told = f"{message.text} {message.quoted} {message.forwarded}"
    return bool(known) or any(i and i.strip("<>") in told for i in fold.message_ids)


def _rewind_anchor(fold: Fold) -> None:
    if fold.anchor in {"follow_up", "thank_you"}:
        fold.anchor, fold.anchor_at = ("follow_up", fold.follow_ups[-1]) if fold.follow_ups else ("", None)


def _employer(fold: Fold, reading: Reading) -> None:
    message = reading.message
    fold.last_message_at = message.internal_date
    fold.last_in = message.gmail_id
    fold.hold_back.clear()
    fold.moved = reading.has(Kind.RESCHEDULE)
    fold.invitation = reading.message.body[:LONGEST_INVITATION] if reading.has(*INVITING) else ""
    if not reading.has(Kind.ATS, Kind.SCHEDULER, Kind.LIST_MAIL):
        fold.absent_until = None
    if _ended(fold, reading):
        return
    _reopen(fold, reading)
    arranged = arrange(fold, reading)
    _promised(fold, reading)
    _replied(fold, reading, arranged=arranged)


def _ended(fold: Fold, reading: Reading) -> bool:
    """How it ends, on strong evidence that nothing in the same mail contradicts; the rest only holds drafts back."""
    at, found = reading.message.internal_date, {k: s for k in ENDINGS if (s := reading.first(k)) is not None}
    for kind, signal in found.items():
        if not reading.strong(kind) or _contradicted(reading, kind):
            fold.hold(at, f"it may be {_article(kind)}: “{signal.evidence.quote}”")
            continue
        disposition, reply = ENDINGS[kind]
        if fold.disposition is Disposition.WITHDRAWN and disposition is not Disposition.OFFER:
            return True  # the user's own word was the last one
        fold.disposition, fold.turn = disposition, Turn.NOBODY
        fold.last_reply = Reply(at, reply, reading.message.gmail_id)
        fold.scheduling, fold.asked_at, fold.promise = False, None, None
        if disposition in {Disposition.CANCELLED, Disposition.REJECTED}:
            fold.arrangement.called_off(at)
        if disposition is Disposition.ON_HOLD:
            _promised(fold, reading)
        return True
    return False


def _contradicted(reading: Reading, kind: Kind) -> bool:
    """A mail that both ends and goes on is for the user to read ("not this role, but would you interview for …").

    A pause explains itself: "they wanted you, but all hiring is frozen" is neither an offer nor a refusal.
    """
    match kind:
        case Kind.ON_HOLD:
            return False
        case Kind.OFFER:
            return reading.has(Kind.REJECTION, Kind.ON_HOLD, Kind.POSITION_CLOSED)
        case _:
            return reading.strong(Kind.OFFER, Kind.NEXT_ROUND)


def _reopen(fold: Fold, reading: Reading) -> None:
    if fold.disposition is Disposition.OPEN or fold.by_user:
        return
    invited = any(i.method in {"REQUEST", "PUBLISH"} for i in reading.message.invites)
    thawed = fold.disposition is Disposition.ON_HOLD and promised(reading.deadlines) is not None
    if reading.strong(*REOPENING) or reading.strong(Kind.QUESTION) or invited or thawed:
        fold.disposition = Disposition.OPEN


def _promised(fold: Fold, reading: Reading) -> None:
    message = reading.message
    if reading.has(Kind.PROMISE_WITHDRAWN):
        fold.promise = None
    deadline = promised(_deadlines(fold, reading))
    if deadline is not None:
        fold.promise = promise_of(deadline, reading)
        fold.event(reading, "promise", quote=fold.promise.quote)
    elif reading.has(Kind.HOLDING) and fold.promise and fold.promise.by <= fold.day(message.internal_date):
        fold.promise = None


def _deadlines(fold: Fold, reading: Reading) -> tuple[Deadline, ...]:
    """The days a message names; what counts from the interview ("a week after we met") is reckoned now that it is known."""
    held = fold.arrangement.of_round()
    message = reading.message
    if not held or not message.body or not any(d.ambiguous for d in reading.deadlines):
        return reading.deadlines
    day = held[-1].start.astimezone(ZoneInfo(fold.zone)).date()
    written = message.date or message.internal_date
    return deadlines(
        message.body, written=written, language=reading.language, holidays="", anchors={"interview": day}
    )


def _replied(fold: Fold, reading: Reading, *, arranged: bool) -> None:
    at, message = reading.message.internal_date, reading.message
    fixed = arranged and fold.arrangement.fixed_ahead(at) and reading.has(Kind.SCHEDULER, Kind.RESCHEDULE)
    asks_times = not fixed and (
        reading.has(Kind.AVAILABILITY_REQUEST) or bool(fold.arrangement.offers and arranged)
    )
    asks = reading.strong(Kind.QUESTION) and not fixed
    if reading.has(Kind.QUESTION) and not asks and not arranged:
        fold.hold(at, "the employer may be asking something")
    if asks or asks_times:
        fold.turn, fold.asked_at, fold.asked = Turn.MINE, at, "times" if asks_times else "answer"
    elif fold.turn is not Turn.MINE or arranged or reading.has(Kind.HOLDING):
        fold.turn, fold.asked_at = Turn.THEIRS, None
    if asks_times or (arranged and not fold.arrangement.of_round()):
        fold.scheduling = not fold.arrangement.ahead(at) or asks_times
        fold.settle(at)
    kind = _reply_kind(fold, reading, asks=asks, arranged=arranged)
    if kind is not None and fold.heard:
        fold.last_reply = Reply(at, kind, message.gmail_id)
    _rewait(fold, reading, kind, arranged=arranged)


def _reply_kind(fold: Fold, reading: Reading, *, asks: bool, arranged: bool) -> ReplyKind | None:
    if reading.has(Kind.NEXT_ROUND) and (arranged or reading.strong(Kind.NEXT_ROUND)):
        return ReplyKind.NEXT_ROUND
    if fold.arrangement.round > 1 and arranged and fold.scheduling:
        return ReplyKind.NEXT_ROUND
    if asks:
        return ReplyKind.QUESTION
    if reading.has(Kind.HOLDING) or promised(reading.deadlines) is not None:
        return ReplyKind.HOLDING
    if reading.has(Kind.ATS, Kind.SCHEDULER, Kind.LIST_MAIL, Kind.ACKNOWLEDGEMENT) and not arranged:
        return None
    return ReplyKind.ANSWER


def _rewait(fold: Fold, reading: Reading, kind: ReplyKind | None, *, arranged: bool) -> None:
    """An answer begins a new wait; a courtesy does not; one that no rule understood is for the user to read."""
    at, message = reading.message.internal_date, reading.message
    over = bool(fold.arrangement.behind(at)) or fold.held_at is not None
    if not over or kind is None or arranged:
        return
    if kind is ReplyKind.HOLDING or (kind is ReplyKind.ANSWER and fold.follow_ups):
        fold.anchor, fold.anchor_at = f"reply:{message.gmail_id}", at
    understood = (
        reading.has(Kind.HOLDING, Kind.COURTESY, Kind.QUESTION, Kind.PROMISE_WITHDRAWN) or reading.deadlines
    )
    if kind is ReplyKind.ANSWER and not understood and fold.disposition is Disposition.OPEN:
        fold.hold(at, "the employer has written something that no rule understands; please read it")


def _article(kind: Kind) -> str:
    words = {
        Kind.REJECTION: "a rejection",
        Kind.OFFER: "an offer",
        Kind.ON_HOLD: "a pause of the search",
        Kind.POSITION_CLOSED: "the end of the search",
    }
    return words[kind]
