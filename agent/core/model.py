"""The nouns that every room shares: frozen values, no behaviour beyond small questions about themselves.

Instants are aware datetimes in UTC unless a field says otherwise. Two kinds of id never share a name: ``gmail_id``,
``thread_id``, ``draft_id`` and ``history_id`` are Gmail's; ``message_id``, ``in_reply_to`` and ``references`` are
RFC 5322's. ``docs/glossary.md`` says what each noun means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

# ── The mailbox ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322: decoded display name (may be empty) and lower-cased addr-spec."""

    name: str
    email: str

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class SendAs:
    """One address the account may send as (``settings.sendAs``); the signature is HTML."""

    address: Address
    signature_html: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """The addresses and names that mean *me* in this mailbox; ``emails`` are normalised by ``normal_email``."""

    primary: Address
    emails: frozenset[str]
    names: tuple[str, ...] = ()
    send_as: tuple[SendAs, ...] = ()

    def is_me(self, address: Address | str) -> bool:
        """True if the address is one of mine, plus-tags and (consumer Gmail) dots aside."""
        return normal_email(address if isinstance(address, str) else address.email) in self.emails


def normal_email(email: str) -> str:
    """Fold an address for comparison: case, ``+tag``; dots and googlemail.com only where Gmail ignores them."""
    local, _, domain = email.strip().lower().rpartition("@")
    local = local.partition("+")[0]
    if domain in {"gmail.com", "googlemail.com"}:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


# ── A message ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the MIME tree. ``text`` is decoded and only kept for text/* (attachments keep name and size)."""

    content_type: str
    text: str = ""
    filename: str = ""
    size: int = 0
    parameters: tuple[tuple[str, str], ...] = ()
    attached: bool = False
    nested: bool = False  # inside a message/rfc822: an attached mail, not this author's words


@dataclass(frozen=True, slots=True)
class Source:
    """What Gmail gave us of one message: the stored fact from which everything else is computed again."""

    gmail_id: str
    thread_id: str
    internal_date: datetime
    label_ids: frozenset[str]
    headers: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Attendee:
    """ATTENDEE of RFC 5545; ``status`` is PARTSTAT in upper case (NEEDS-ACTION, ACCEPTED, …)."""

    address: Address
    status: str = ""


@dataclass(frozen=True, slots=True)
class Invite:
    """One VEVENT of a text/calendar part (RFC 5545, RFC 5546). ``method`` in upper case: REQUEST, CANCEL, REPLY, …

    ``start``/``end`` are None where the time cannot be known; ``zone_known`` is False where a TZID is present that
    nobody can resolve, or the time floats (it is then read in the sender's or the account's zone: see calendar.py).
    """

    method: str
    uid: str
    sequence: int = 0
    recurrence_id: str = ""
    status: str = ""
    start: datetime | None = None
    end: datetime | None = None
    time_zone: str = ""
    zone_known: bool = True
    all_day: bool = False
    stamp: datetime | None = None
    summary: str = ""
    description: str = ""
    location: str = ""
    organizer: Address | None = None
    attendees: tuple[Attendee, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One RFC 5322 message as parsed. ``text`` is what this author wrote now, without quotation (signature included).

    ``signature_at`` is the offset in ``text`` where sign-off, signature block or disclaimer begin: words behind it
    are no statements. ``quoted`` is the history that was cut away, ``forwarded`` the text of a forwarded mail.
    ``headers`` holds the machine-mail headers, names in lower case. ``date`` keeps the sender's own offset.
    """

    gmail_id: str
    thread_id: str
    internal_date: datetime
    label_ids: frozenset[str]
    date: datetime | None
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sender: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    text: str
    signature_at: int
    quoted: str = ""
    forwarded: str = ""
    invites: tuple[Invite, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    links: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The statements: the author's text without signature and disclaimer."""
        return self.text[: self.signature_at]

    @property
    def signature(self) -> str:
        return self.text[self.signature_at :]

    def header(self, name: str) -> str:
        """The first header of this (lower-case) name, or an empty string."""
        return next((value for key, value in self.headers if key == name), "")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something we could not read: a value beside the result, not an exception. ``what`` names no mail content."""

    gmail_id: str
    what: str


# ── What a message says ────────────────────────────────────────────────────────────────────────────────────────


class Strength(StrEnum):
    """How much a signal can carry. Ending a candidacy takes strong evidence; holding a draft back takes weak."""

    WEAK = "weak"
    STRONG = "strong"


class SignalKind(StrEnum):
    """What one message says. Who said it (me or they) is the message's direction, not part of the kind."""

    # said by the employer's side
    INVITATION = "invitation"  # asks for, or announces, an interview
    AVAILABILITY_REQUEST = "availability_request"  # asks for times, or offers a booking link / several slots
    CONFIRMATION = "confirmation"  # the time is agreed
    RESCHEDULE = "reschedule"
    CANCELLATION = "cancellation"  # of an interview, not of the candidacy
    HOLDING = "holding"  # still waiting; may carry a promise
    PROMISE_WITHDRAWN = "promise_withdrawn"
    QUESTION = "question"  # asks the user for something (question, document, reference, assessment)
    NEXT_ROUND = "next_round"
    REJECTION = "rejection"
    OFFER = "offer"
    ON_HOLD = "on_hold"
    POSITION_CLOSED = "position_closed"
    ACKNOWLEDGEMENT = "acknowledgement"  # receipt of an application
    COLD_OUTREACH = "cold_outreach"
    # said by the user
    THANK_YOU = "thank_you"  # after an interview
    FOLLOW_UP = "follow_up"
    ACCEPTANCE = "acceptance"  # of a proposed time
    AVAILABILITY = "availability"  # the user names times
    WITHDRAWAL = "withdrawal"
    # by either
    INTERVIEW_TOPIC = "interview_topic"  # the message is about a job interview at all
    JOB_TOPIC = "job_topic"  # the message is about a position, an application, hiring
    COURTESY = "courtesy"  # "you're welcome", "will do": no news
    # by machines
    OUT_OF_OFFICE = "out_of_office"
    ROBOT = "robot"  # a shared mailbox's automatic receipt
    BOUNCE = "bounce"
    DELAY = "delay"
    RSVP = "rsvp"
    READ_RECEIPT = "read_receipt"
    LIST_MAIL = "list_mail"
    JOB_ALERT = "job_alert"
    ATS = "ats"  # sent by an applicant tracking system
    SCHEDULER = "scheduler"  # sent by a scheduling service
    # what speaks against a candidacy of the user's own
    NOT_A_JOB_INTERVIEW = "not_a_job_interview"  # press, podcast, user research, mock, visa, school, exit …
    USER_IS_INTERVIEWER = "user_is_interviewer"
    SUSPICIOUS = "suspicious"  # asks for money or papers, failed authentication, forged name


@dataclass(frozen=True, slots=True)
class Evidence:
    """The characters of the message that made a rule fire. ``where``: subject, text, header, invite, sender."""

    quote: str
    where: str = "text"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which somebody said they would act. Dates are in the writer's zone; ``latest`` is the promised day.

    ``party``: ``"employer"`` promised, or the ``"candidate"`` is asked to act by then. ``grain``: day, week, month, …
    """

    latest: date
    earliest: date
    span: str  # the words, as written
    rule: str
    grain: str = "day"
    party: str = "employer"
    ambiguous: bool = False
    confidence: float = 1.0
    sentence: str = ""
    vague: bool = False  # "in the coming weeks": good enough to wait for, not to quote back


@dataclass(frozen=True, slots=True)
class StatedTime:
    """An appointment stated in words ("Tuesday at 2 PT"). ``start`` is UTC; ``end`` only if the words say it.

    ``firm`` is False for a proposal (question, one of several slots, "would … work?"), True for an announcement.
    ``zone_stated``: the words named a zone; otherwise it was read in ``time_zone`` (the writer's).
    ``date_stated`` is False where only a clock time was given ("same day at 3").
    """

    start: datetime
    end: datetime | None
    time_zone: str
    span: str
    firm: bool
    zone_stated: bool = False
    date_stated: bool = True
    rule: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """What one message says by one named rule, how strongly, and the words that say it."""

    kind: SignalKind
    rule: str
    strength: Strength
    evidence: Evidence
    until: date | None = None  # OUT_OF_OFFICE: the day of return


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was understood of one message: the input of linking and of the timeline."""

    message: Message
    outgoing: bool
    language: str  # ISO 639-1, or "" where unknown
    signals: tuple[Signal, ...]
    times: tuple[StatedTime, ...] = ()
    deadlines: tuple[Deadline, ...] = ()

    def has(self, *kinds: SignalKind) -> bool:
        return any(signal.kind in kinds for signal in self.signals)

    def strong(self, *kinds: SignalKind) -> bool:
        return any(s.kind in kinds and s.strength is Strength.STRONG for s in self.signals)

    def first(self, *kinds: SignalKind) -> Signal | None:
        """The strongest signal of these kinds (the earliest rule among equals), or None."""
        found = [signal for signal in self.signals if signal.kind in kinds]
        return min(found, key=lambda s: s.strength is not Strength.STRONG, default=None)


# ── A candidacy ────────────────────────────────────────────────────────────────────────────────────────────────


class Role(StrEnum):
    RECRUITER = "recruiter"
    INTERVIEWER = "interviewer"
    HIRING_MANAGER = "hiring_manager"
    COORDINATOR = "coordinator"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Contact:
    """A human on the employer's (or agency's) side. ``goes_by``: the name they sign with ("Shiv")."""

    address: Address
    role: Role = Role.UNKNOWN
    goes_by: str = ""
    may_write: bool = True  # False: a robot or no-reply address; never a recipient
    left: bool = False  # says to have left the employer: whoever takes over is written to


@dataclass(frozen=True, slots=True)
class Link:
    """That a message belongs to a candidacy, and by what (``user``, ``thread``, ``references``, ``uid``, …)."""

    gmail_id: str
    thread_id: str
    by: str


@dataclass(frozen=True, slots=True)
class Candidacy:
    """One person's hunt at one employer for one position: who it is about and which messages belong to it."""

    id: str
    anchor_thread_id: str
    company: str
    position: str
    language: str
    contacts: tuple[Contact, ...]
    readings: tuple[Reading, ...]  # ordered by internal date, then gmail_id
    links: tuple[Link, ...]
    needs_review: tuple[str, ...] = ()  # reasons; empty = sure
    confidence: float = 1.0
    phone: str = ""
    formal: bool | None = None  # Sie/vous/usted (True) or du/tu (False), where it shows
    agency: str = ""

    @property
    def thread_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(reading.message.thread_id for reading in self.readings))


class NoteKind(StrEnum):
    """What the user told us. Notes outrank every rule and survive every re-computation."""

    TRACK = "track"
    IGNORE = "ignore"
    CLOSE = "close"
    REOPEN = "reopen"
    SNOOZE = "snooze"
    SET = "set"
    LOG = "log"
    NOTE = "note"
    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class Note:
    """One word of the user's. ``thread_id`` names the candidacy (its anchor thread), so that it survives a rebuild.

    ``key``/``value``: SET company=Acme; LOG kind as key, note text as value; SNOOZE value = ISO date or instant;
    NOTE value = text; MERGE/SPLIT value = the other thread id. ``at`` is when it happened, ``made_at`` when it was said.
    """

    id: int
    thread_id: str
    kind: NoteKind
    at: datetime
    made_at: datetime
    key: str = ""
    value: str = ""


class InterviewStatus(StrEnum):
    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Interview:
    """An invite, or a stated time, on a candidacy's timeline. ``source``: ical, text or user."""

    start: datetime
    end: datetime  # one hour after the start where nothing says better
    time_zone: str
    status: InterviewStatus
    source: str
    uid: str = ""
    gmail_id: str = ""
    thread_id: str = ""
    quote: str = ""
    attendees: tuple[Address, ...] = ()
    round: int = 1


@dataclass(frozen=True, slots=True)
class Promise:
    """The day by which the employer said they would answer."""

    by: date
    said_at: datetime
    quote: str
    gmail_id: str
    earliest: date | None = None
    vague: bool = False


class ReplyKind(StrEnum):
    ANSWER = "answer"
    HOLDING = "holding"
    QUESTION = "question"
    REJECTION = "rejection"
    OFFER = "offer"
    NEXT_ROUND = "next_round"
    AUTO_REPLY = "auto_reply"


@dataclass(frozen=True, slots=True)
class Reply:
    at: datetime
    kind: ReplyKind
    gmail_id: str


class Disposition(StrEnum):
    """How it ended, or that it has not."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    OFFER = "offer"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    IGNORED = "ignored"


class Turn(StrEnum):
    MINE = "mine"
    THEIRS = "theirs"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Event:
    """A signal, note or receipt, placed in time; the timeline is all of them in a total order."""

    at: datetime
    kind: str
    gmail_id: str = ""
    thread_id: str = ""
    rule: str = ""
    quote: str = ""
    outgoing: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """The fold of a timeline. It knows no clock: ``plan.status(state, …, now)`` says how it looks at some instant.

    ``anchor_at``/``anchor`` name the event that began the present wait (interview, holding, own follow-up, answer …).
    ``since`` is when the disposition/turn last changed. ``follow_ups_sent`` and ``thank_you_sent_at`` are the round's.
    """

    disposition: Disposition = Disposition.OPEN
    turn: Turn = Turn.NOBODY
    round: int = 1
    interviews: tuple[Interview, ...] = ()
    thank_you_sent_at: datetime | None = None
    follow_ups_sent: tuple[datetime, ...] = ()
    last_reply: Reply | None = None
    promise: Promise | None = None
    anchor: str = ""
    anchor_at: datetime | None = None
    absent_until: date | None = None
    snoozed_until: datetime | None = None
    impression: str = ""
    notes: tuple[str, ...] = ()
    since: datetime | None = None
    last_message_at: datetime | None = None
    scheduling: bool = False  # a (further) interview is being arranged, no time fixed yet
    doubts: tuple[str, ...] = ()  # reasons for needs_review found while folding
    hold_back: tuple[str, ...] = ()  # weak evidence that a draft would be wrong: no draft, `why` says so
    last_incoming_id: str = ""
    last_outgoing_id: str = ""
    events: tuple[Event, ...] = ()
    language: str = ""
    asked_at: datetime | None = None  # when the employer last asked for something still unanswered
    asked: str = ""  # what for: ``times`` or ``answer``
    held_at: datetime | None = (
        None  # an interview that left no time in the mails, known from what was said after it
    )
    closed_by_user: bool = False
    bounced: tuple[str, ...] = ()  # addresses that refused our mail
    held_back_at: datetime | None = None  # when the newest of ``hold_back`` was written
    thanked_until: datetime | None = None  # of a round of several days: thanked for what was over by then

    @property
    def live_interviews(self) -> tuple[Interview, ...]:
        return tuple(i for i in self.interviews if i.status is not InterviewStatus.CANCELLED)


class Status(StrEnum):
    """How a state looks at some ``now``; the words users see (contract, section 4)."""

    SCHEDULING = "scheduling"
    SCHEDULED = "scheduled"
    THANK_YOU_DUE = "thank_you_due"
    WAITING = "waiting"
    FOLLOW_UP_DUE = "follow_up_due"
    YOUR_TURN = "your_turn"
    ON_HOLD = "on_hold"
    OFFER = "offer"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    MOVED_ON = "moved_on"
    IGNORED = "ignored"


# ── What we do ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Policy:
    """The user's wishes about timing: the ``[policy]`` table of the configuration, plus the account's zone."""

    thank_you_after_hours: float = 2
    thank_you_until_hours: float = 72
    promised_grace_days: int = 2
    first_follow_up_days: int = 7
    second_follow_up_days: int = 6
    move_on_days: int = 8
    max_follow_ups: int = 2
    holidays: str = "US"
    quiet_periods: tuple[str, ...] = ("12-20/01-02",)
    draft_from: str = "08:00"
    max_drafts_per_day: int = 10
    time_zone: str = "UTC"


class ActionKind(StrEnum):
    THANK_YOU = "thank_you"
    FOLLOW_UP = "follow_up"
    MOVE_ON = "move_on"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. ``key`` is derived (purpose, step, anchor): the same wait can never ask twice."""

    kind: ActionKind
    step: int
    due: datetime
    until: datetime | None
    key: str
    anchor_at: datetime
    reason: str  # the due-date arithmetic, in a sentence
    because_promise: Promise | None = None


class DraftState(StrEnum):
    """``intended`` is ours alone (committed before the deed); the others are the contract's words."""

    INTENDED = "intended"
    OPEN = "open"
    EDITED = "edited"
    SENT = "sent"
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"
    OBSOLETE = "obsolete"


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """One draft's whole life: the row that is committed before ``drafts.create`` leaves, and what became of it."""

    key: str
    candidacy_id: str
    anchor_thread_id: str
    kind: ActionKind
    step: int
    state: DraftState
    thread_id: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    digest: str  # of what we asked for; ``kept_digest`` of what Gmail made of it, read back once
    created_at: datetime  # of the intent
    draft_id: str = ""
    gmail_id: str = ""
    kept_digest: str = ""
    changed_at: datetime | None = None
    because: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Composition:
    """The text and headers of a draft, before they are bytes."""

    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    in_reply_to: str
    references: tuple[str, ...]
    text: str
    html: str
    language: str
    template: str
    attachments: tuple[str, ...] = field(default=())
    thread_id: str = ""  # of the message it answers; empty for a letter that begins a conversation of its own


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of status, dated when it became true, with its reason."""

    candidacy_id: str
    before: str
    after: str
    at: datetime
    because: str
